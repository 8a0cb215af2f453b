package io.pawline.stage.control;

/** Kafka did not acknowledge an instruction. It may have been written nevertheless; to give it again does no harm. */
public final class NotToldException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotToldException(String message, Throwable cause) {
        super(message, cause);
    }
}
