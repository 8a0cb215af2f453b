package io.pawline.ingest.upload;

import java.time.Duration;

/** Says that a tenant has as many bytes in uploads that no task has taken as it may. */
final class TooManyPendingUploadsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    TooManyPendingUploadsException(long mostBytes, Duration retryAfter) {
        super(
                "the uploads that no task has named have %d bytes together, or would have: submit their tasks first"
                        .formatted(mostBytes),
                null,
                false,
                false);
        this.retryAfter = retryAfter;
    }

    /** The time after which the oldest of them is gone, if no task takes it. */
    Duration retryAfter() {
        return retryAfter;
    }
}
