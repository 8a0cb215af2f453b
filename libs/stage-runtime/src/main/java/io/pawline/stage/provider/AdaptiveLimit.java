package io.pawline.stage.provider;

/**
 * How many calls to one provider may be in flight in this process. Grows while the provider takes it, faster the longer it
 * does. Shrinks when calls are dropped, and when latency rises above what it is without a queue. If latency does not come down
 * then, the provider is slow by itself, or others fill it: the limit is given back, but grows no more until the next look at
 * the latency without a queue. That look is a short cut of the limit at times that all processes share, so that a queue of all
 * of them is gone for a moment. Thread-safe.
 */
final class AdaptiveLimit {

    /** A second cut that leaves latency above this share of what it was has changed nothing. */
    private static final double UNCHANGED = Math.log(0.87);

    private static final double SMALLEST_CUT = 0.9;
    private static final double LARGEST_CUT = 0.5;
    private static final double SECOND_CUT = 0.7;
    private static final double LOOK_CUT = 0.6;

    /** Latencies between two looks, at least; at most twice as many. */
    private static final double LOOK_EVERY = 48;

    /** Above what fits exactly, so that the provider never waits for calls. */
    private static final double HEADROOM = 1.1;

    private static final double ACCELERATION = 1.5;
    private static final double LARGEST_GROWTH = 0.25;
    private static final double LARGEST_FIRST_GROWTH = 0.5;

    /** Share of the limit that must have been in use for it to grow. */
    private static final double USED = 0.9;

    private enum Phase {
        STEADY,
        /** Latency was suspect, the limit was cut: it should be back at the baseline. */
        CUT,
        /** It was not; the limit was cut again: latency should at least be lower than after the first cut. */
        CUT_AGAIN,
        /** The limit was cut to see the latency without a queue. */
        LOOKING
    }

    private final int min;

    /** So few calls are not held to be the cause of anything, unless they are all that may be in flight. */
    private final int initial;

    private int max;
    private volatile int current;
    private double limit;

    private final LatencyWindow window = new LatencyWindow();
    private final Baseline baseline = new Baseline();
    private final OverloadDetector overloadDetector = new OverloadDetector();

    private Phase phase = Phase.STEADY;
    private boolean congestedBefore;
    private double acceleration = 1;

    /** Calls sent before that time belong to an earlier limit. */
    private long validFrom = Long.MIN_VALUE;

    /** Latency, though above the baseline, at which cuts were of no use. */
    private double toleratedLog = Double.NEGATIVE_INFINITY;

    private double levelBeforeCut;
    private double logBeforeCut;

    /** Where the limit was before it began low again, and is to be soon; 0 if it is there, or will not be. */
    private double levelBefore;

    /** Until when the time of a look was watched for. */
    private long watchedUntil;

    AdaptiveLimit(LimitBounds bounds) {
        min = bounds.min();
        initial = bounds.initial();
        max = bounds.max();
        set(bounds.initial());
    }

    /** Calls that may be in flight now. */
    int limit() {
        return current;
    }

    /** Sets the highest limit; takes effect at once. */
    synchronized void max(int newMax) {
        if (newMax < min) {
            throw new IllegalArgumentException("max must be >= min (" + min + "), was " + newMax);
        }
        max = newMax;
        set(limit);
    }

    /**
     * Begins low again, since no call was made for a while and it is not known what the provider bears now, least of all at
     * once; then grows as fast as at first, up to where it was.
     *
     * @param inFlight calls that are under way all the same
     */
    synchronized void startAgain(int inFlight, long nanos) {
        double before = phase == Phase.STEADY ? limit : Math.max(limit, levelBeforeCut);
        if (inFlight + initial < limit) {
            levelBefore = Math.max(before, levelBefore);
            shrink(Phase.STEADY, inFlight + initial, nanos);
        }
    }

    /** Takes note of a call; each is to be told once, as it ends. */
    synchronized void ended(EndedCall call) {
        if (call.startNanos() < validFrom || call.result() == EndedCall.Result.FAILED) {
            return;
        }
        if (overloadDetector.overloaded(call, limit)) {
            shrink(Phase.STEADY, overloadDetector.shrunk(call, limit), call.endNanos());
            congested();
        } else if (call.result() == EndedCall.Result.SUCCEEDED) {
            window.add(call, current, baseline.log()).ifPresent(this::judge);
        }
    }

    private void judge(Latency latency) {
        baseline.scatter(latency);
        overloadDetector.windowPassed();
        if (!baseline.known()) {
            baseline.replace(latency);
            watchedUntil = latency.endNanos();
        }
        switch (phase) {
            case STEADY -> steady(latency);
            case CUT -> cut(latency);
            case CUT_AGAIN -> cutAgain(latency);
            case LOOKING -> looked(latency);
        }
    }

    private void steady(Latency latency) {
        boolean used = latency.mostInFlight() >= Math.floor(USED * current);
        double excess = latency.log() - baseline.log();
        double tolerance = baseline.tolerance(latency);
        if (!used && latency.mostInFlight() <= initial) {
            return;
        }
        if (lookIsDue(latency)) {
            cutFor(Phase.LOOKING, latency, LOOK_CUT);
        } else if (latency.log() - Math.max(baseline.log(), toleratedLog) > tolerance) {
            cutFor(Phase.CUT, latency, Math.clamp(SMALLEST_CUT * Math.exp(-excess), LARGEST_CUT, SMALLEST_CUT));
            congested();
        } else {
            if (excess < -tolerance / 2 || (!congestedBefore && !baseline.sure())) {
                baseline.average(latency);
            }
            if (used) {
                grow(excess > tolerance / 2, latency.endNanos());
            }
        }
    }

    private boolean lookIsDue(Latency latency) {
        long before = watchedUntil;
        watchedUntil = latency.endNanos();
        return lookPeriod(before) != lookPeriod(watchedUntil) && congestedBefore;
    }

    private void cutFor(Phase next, Latency latency, double share) {
        levelBeforeCut = Math.min(limit, latency.mostInFlight());
        logBeforeCut = latency.log();
        shrink(next, levelBeforeCut * share, latency.endNanos());
    }

    private void cut(Latency latency) {
        if (suspect(latency)) {
            logBeforeCut = latency.log();
            shrink(Phase.CUT_AGAIN, limit * SECOND_CUT, latency.endNanos());
        } else {
            queueIsGone(latency);
        }
    }

    private void cutAgain(Latency latency) {
        if (latency.log() - logBeforeCut > UNCHANGED) {
            toleratedLog = latency.log();
            phase = Phase.STEADY;
            set(Math.max(limit, levelBeforeCut));
        } else {
            cut(latency);
        }
    }

    private void queueIsGone(Latency latency) {
        baseline.average(latency);
        phase = Phase.STEADY;
        set(Math.min(levelBeforeCut, Math.ceil(limit / SMALLEST_CUT)));
    }

    private void looked(Latency latency) {
        if (Math.abs(latency.log() - baseline.log()) > baseline.tolerance(latency)) {
            baseline.replace(latency);
        } else {
            baseline.average(latency);
        }
        toleratedLog = Double.NEGATIVE_INFINITY;
        phase = Phase.STEADY;
        double fits = Math.ceil(HEADROOM * levelBeforeCut * Math.exp(latency.log() - logBeforeCut));
        set(Math.clamp(fits, limit, Math.max(limit, levelBeforeCut)));
    }

    private boolean suspect(Latency latency) {
        return latency.log() - baseline.log() > baseline.tolerance(latency);
    }

    private void grow(boolean queueing, long nanos) {
        if (queueing) {
            acceleration = 1;
            return;
        }
        double allowed = overloadDetector.allowed(limit, limit + step(), nanos);
        acceleration = allowed <= limit ? 1 : acceleration * ACCELERATION;
        set(allowed);
    }

    private double step() {
        double first = Math.max(1, limit * LARGEST_FIRST_GROWTH);
        if (!congestedBefore) {
            return first;
        }
        double usual = Math.min(Math.max(1, Math.sqrt(limit) / 2) * acceleration, Math.max(1, limit * LARGEST_GROWTH));
        return Math.max(usual, Math.min(first, levelBefore - limit));
    }

    private void congested() {
        congestedBefore = true;
        levelBefore = 0;
        acceleration = 1;
    }

    /** The number of the period between two looks; doubles its length when latency doubles, so that looks still coincide. */
    private long lookPeriod(long nanos) {
        int exponent = Math.getExponent(LOOK_EVERY * Math.exp(baseline.log())) + 1;
        return (long) Math.scalb((double) nanos, -exponent);
    }

    private void shrink(Phase next, double newLimit, long nanos) {
        phase = next;
        set(newLimit);
        validFrom = nanos;
        window.restart(nanos);
        overloadDetector.restart();
    }

    private void set(double newLimit) {
        limit = Math.clamp(newLimit, min, max);
        current = (int) limit;
    }
}
