package io.pawline.schemas.serde;

/** Says that the registry refused a request (4xx other than 429), with the registry's code and words. */
final class RegistryErrorException extends RuntimeException {

    static final int UNKNOWN_SUBJECT = 40401;
    static final int UNKNOWN_SCHEMA = 40403;

    private final int status;
    private final int code;

    /**
     * An exception for this answer.
     *
     * @param code the registry's error code; 0 if the answer names none
     */
    RegistryErrorException(int status, int code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }

    /** The words of the registry. They are never null, unlike the message of an exception in general. */
    String words() {
        return "" + getMessage();
    }
}
