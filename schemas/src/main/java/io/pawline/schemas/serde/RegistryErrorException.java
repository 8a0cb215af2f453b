package io.pawline.schemas.serde;

/** The registry's refusal of a request (4xx other than 429), with its own code and words. */
final class RegistryErrorException extends RuntimeException {

    static final int UNKNOWN_SUBJECT = 40401;
    static final int UNKNOWN_SCHEMA = 40403;

    private final int status;
    private final int code;

    /**
     * @param code the registry's error code, 0 when the answer names none
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

    /** The words of the registry; never null, unlike what a general exception may say. */
    String words() {
        return "" + getMessage();
    }
}
