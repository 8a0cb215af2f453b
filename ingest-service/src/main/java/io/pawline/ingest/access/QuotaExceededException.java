package io.pawline.ingest.access;

import java.time.Duration;

/** A client has had as many tasks accepted as it may, for now. */
public final class QuotaExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Quotas.State state;
    private final Duration retryAfter;

    QuotaExceededException(Quotas.State state, Duration retryAfter) {
        super(
                "this key may have %d tasks accepted in a minute, and has had them: send this one later"
                        .formatted(state.limit()),
                null,
                false,
                false);
        this.state = state;
        this.retryAfter = retryAfter;
    }

    /** What is left to the client. */
    public Quotas.State state() {
        return state;
    }

    /** Until another task would be accepted. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
