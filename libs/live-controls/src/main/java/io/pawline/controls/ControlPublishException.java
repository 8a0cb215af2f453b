package io.pawline.controls;

/**
 * Says that Kafka did not acknowledge a control. It may have been written nevertheless; to give it again does no harm.
 */
public final class ControlPublishException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ControlPublishException(String message, Throwable cause) {
        super(message, cause);
    }
}
