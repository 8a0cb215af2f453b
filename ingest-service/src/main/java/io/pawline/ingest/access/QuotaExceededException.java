package io.pawline.ingest.access;

import java.time.Duration;

/** Says that a client has had as many tasks accepted as it may for now. */
public final class QuotaExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final QuotaState state;
    private final Duration retryAfter;

    QuotaExceededException(QuotaState state, Duration retryAfter) {
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
    public QuotaState state() {
        return state;
    }

    /** The time until another task would be accepted. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
