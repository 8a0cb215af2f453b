package io.pawline.stage.provider;

import io.pawline.stage.CallWork;
import java.util.concurrent.TimeUnit;

/**
 * Carries what an {@link AdaptiveLimit} learns from a call.
 *
 * @param startNanos when it was sent, in nanoseconds since 1970 by a clock that runs evenly (such as the time at which
 *     the process started and {@link System#nanoTime()} since then)
 * @param endNanos when it ended, by the same clock
 * @param inFlight calls of this process in flight just after it was sent, itself included
 * @param result how it ended
 * @param work what it was about
 */
record EndedCall(long startNanos, long endNanos, int inFlight, Result result, CallWork work) {

    /** A busy machine of our own may add so much to a call, so shorter calls say nothing of a queue at the provider. */
    private static final long OWN_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** Says how a call ended, as far as that says something about the provider's capacity. */
    enum Result {
        SUCCEEDED,
        /** The provider said that it has too much to do: 429, 503, a code for overload. */
        REFUSED,
        /** The provider said that the account has made too many calls, or used too many tokens, in a minute. */
        OVER_RATE,
        TIMED_OUT,
        /** The call failed for another reason, which says nothing about capacity. */
        FAILED
    }

    /** Makes one of a call that is like all others. */
    EndedCall(long startNanos, long endNanos, int inFlight, Result result) {
        this(startNanos, endNanos, inFlight, result, CallWork.PLAIN);
    }

    /** Says whether the provider, or something before it, had too much to do. */
    boolean dropped() {
        return result == Result.REFUSED || result == Result.OVER_RATE || result == Result.TIMED_OUT;
    }

    /** Says whether the provider refused the call and worked on it at no time. */
    boolean refused() {
        return result == Result.REFUSED || result == Result.OVER_RATE;
    }

    /**
     * Returns the natural logarithm of the latency in nanoseconds. Latencies shorter than our own part in them all
     * count the same.
     */
    double logLatency() {
        return Math.log((double) Math.max(OWN_NANOS, endNanos - startNanos));
    }
}
