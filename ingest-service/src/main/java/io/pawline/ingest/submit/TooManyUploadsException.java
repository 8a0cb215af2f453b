package io.pawline.ingest.submit;

import java.time.Duration;

/** Says that the memory for uploads is taken. Nothing of the request's body has been read. */
final class TooManyUploadsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    TooManyUploadsException(Duration retryAfter) {
        super("as many uploads are under way as have room in memory: send this one again later", null, false, false);
        this.retryAfter = retryAfter;
    }

    /** The time after which the upload would get its turn. */
    Duration retryAfter() {
        return retryAfter;
    }
}
