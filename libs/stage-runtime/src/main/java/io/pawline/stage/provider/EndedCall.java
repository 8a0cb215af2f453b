package io.pawline.stage.provider;

import java.util.concurrent.TimeUnit;

/**
 * What an {@link AdaptiveLimit} learns from a call.
 *
 * @param startNanos when it was sent, in nanoseconds since 1970 by a clock that runs evenly (such as the time at which the
 *     process started and {@link System#nanoTime()} since then)
 * @param endNanos when it ended, by the same clock
 * @param inFlight calls of this process in flight just after it was sent, itself included
 * @param result how it ended
 */
record EndedCall(long startNanos, long endNanos, int inFlight, Result result) {

    /** What a busy machine of our own may add to a call: shorter ones tell nothing of a queue at the provider. */
    private static final long OWN_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** How a call ended, as far as it says something about the provider's capacity. */
    enum Result {
        SUCCEEDED,
        /** The provider said that it has too much to do: 429, 503, a code for overload. */
        REFUSED,
        TIMED_OUT,
        /** Anything else. Says nothing about capacity. */
        FAILED
    }

    /** Whether the provider, or something before it, had too much to do. */
    boolean dropped() {
        return result == Result.REFUSED || result == Result.TIMED_OUT;
    }

    /** Natural logarithm of the latency in nanoseconds; of those shorter than our own part in it, they all count the same. */
    double logLatency() {
        return Math.log((double) Math.max(OWN_NANOS, endNanos - startNanos));
    }
}
