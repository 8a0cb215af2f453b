package io.pawline.stage.provider;

/**
 * Counts refusals and time-outs, and says when the limit has to shrink. It remembers the level at which the provider
 * last refused calls, near which the limit grows with care. Not thread-safe.
 */
final class OverloadDetector {

    /** A refusal counts for so much among the last calls. */
    private static final double WEIGHT = 0.1;

    /**
     * A time-out counts among so many of the last calls, or as many as may be in flight. Calls that began together time
     * out together, so a few in a row are no overload yet.
     */
    private static final double FEWEST_FOR_TIMEOUTS = 20;

    /** A larger share of the last calls is overload: four refusals in a row, or seven time-outs. */
    private static final double TOO_MANY = 0.3;

    /**
     * This is the same share while a refused level is tried again: two refusals in a row. With few calls, the
     * first one counts.
     */
    private static final double TOO_MANY_WHEN_RETRYING = 0.15;

    private static final double NONE_OF_LATE = 0.05;
    private static final int FEW_CALLS = 25;

    private static final double CUT_WHEN_REFUSED = 0.9;
    private static final double CUT_WHEN_TIMED_OUT = 0.5;

    /** The limit stays so far below the level that was refused. */
    private static final double BELOW_REFUSED = 0.95;

    /** So far above it, the level is of no more interest. */
    private static final double CLEAR_OF_REFUSED = 1.1;

    private static final double GROWTH_NEAR_REFUSED = 0.05;

    /**
     * A refused level is tried again after so many calls, or after so long if they are few, but not
     * within some windows.
     */
    private static final int CALLS_BEFORE_RETRYING = 250;

    private static final long NANOS_BEFORE_RETRYING = 30_000_000_000L;
    private static final int WINDOWS_BEFORE_RETRYING = 10;

    private double refusals;
    private double timeouts;
    private int lowestRefused = Integer.MAX_VALUE;

    private double refusedLevel = Double.POSITIVE_INFINITY;
    private long refusedAt;
    private int calls;
    private int windows;

    /** Takes note of a call; true if there are too many drops for this limit. */
    boolean overloaded(EndedCall call, double limit) {
        calls++;
        if (call.refused()) {
            lowestRefused = refusals < NONE_OF_LATE ? call.inFlight() : Math.min(lowestRefused, call.inFlight());
        }
        refusals += WEIGHT * ((call.refused() ? 1 : 0) - refusals);
        boolean timedOut = call.result() == EndedCall.Result.TIMED_OUT;
        timeouts += ((timedOut ? 1 : 0) - timeouts) / Math.max(FEWEST_FOR_TIMEOUTS, limit);
        return call.refused() ? refusals > tooManyRefusals(limit) : timedOut && timeouts > TOO_MANY;
    }

    private double tooManyRefusals(double limit) {
        if (limit <= BELOW_REFUSED * refusedLevel) {
            return TOO_MANY;
        }
        return limit < FEW_CALLS ? 0 : TOO_MANY_WHEN_RETRYING;
    }

    /** Returns the limit after a drop that was one too many. */
    double shrunk(EndedCall call, double limit) {
        if (!call.refused()) {
            return limit * CUT_WHEN_TIMED_OUT;
        }
        double cut = limit > BELOW_REFUSED * refusedLevel ? BELOW_REFUSED : CUT_WHEN_REFUSED;
        refusedLevel = Math.min(limit, lowestRefused);
        refusedAt = call.endNanos();
        calls = 0;
        windows = 0;
        return refusedLevel * cut;
    }

    /** Starts anew under a smaller limit. */
    void restart() {
        refusals = 0;
        timeouts = 0;
        lowestRefused = Integer.MAX_VALUE;
    }

    /** Takes note that a window has passed. */
    void windowPassed() {
        windows++;
    }

    /** Returns how far a limit that wants to grow may grow. */
    double allowed(double limit, double grown, long nanos) {
        if (limit > CLEAR_OF_REFUSED * refusedLevel) {
            refusedLevel = Double.POSITIVE_INFINITY;
        }
        double near = BELOW_REFUSED * refusedLevel;
        if (grown <= near) {
            return grown;
        }
        boolean soon = calls < CALLS_BEFORE_RETRYING && nanos - refusedAt < NANOS_BEFORE_RETRYING;
        if (soon || windows < WINDOWS_BEFORE_RETRYING) {
            return Math.max(limit, near);
        }
        return Math.min(grown, Math.max(limit, near) + Math.max(1, limit * GROWTH_NEAR_REFUSED));
    }
}
