package io.pawline.stage.provider;

/** Finds how many calls to one provider may be in flight, from what becomes of the calls. Thread-safe. */
final class AdaptiveLimit implements CallLimit {

    /*
     * The limit grows while the provider takes it, and shrinks for two reasons. Chiu and Jain (Analysis of the Increase
     * and Decrease Algorithms for Congestion Avoidance in Computer Networks, 1989,
     * https://doi.org/10.1016/0169-7552(89)90019-6) show that additive increase and multiplicative decrease lead
     * several senders to equal shares of one capacity. Decrease is multiplicative here as well. Increase is half the
     * square root of the limit, and half as much more in each further window, up to a quarter of the limit. So a large
     * capacity is found soon. A window of calls shows what the limit was a latency ago. So where there is the first sign
     * of a queue, growth does not get faster, and soon after it stops: with 30 places and calls of 3 s, up to 55 calls
     * were in the provider, and 95.8 % of the places in use. Now these are 39 and 97.8 %.
     *
     * Drops. Refusals shrink the limit, but about four in a row, not each: at 2 % stray refusals and 2 % calls that never
     * answer, 90 % of the capacity is used. A hard limit answers all calls beyond it alike, so it is noticed as soon.
     * The level that was refused is remembered, and the limit grows with care near it (OverloadDetector). Time-outs are
     * counted over as many calls as may be in flight, for calls that began together time out together: where one call
     * in six times out by itself, a few in a row left 14 % of 60 places in use, and now all are.
     *
     * Latency. If it rises above the latency without a queue, as in TCP Vegas (Brakmo, O'Malley and Peterson, 1994),
     * there may be a queue of ours, or the provider is slow by itself. Both look alike until fewer calls are sent. So
     * the limit is cut. If latency is then back at the baseline, it was a queue, and the limit stays near where the cut
     * left it. If two cuts change nothing, the limit is given back, and this latency is tolerated until the next look.
     * It does not grow until then.
     *
     * Stragglers. Some calls take far longer than the others. A cut ends none of them: to cut the limit below what they
     * hold would stop all other calls until they have ended, and measure nothing meanwhile. So a cut is one of the other
     * calls, and looks are rarer by as much (Stragglers). With 5 places and 5 % of calls that take 60 s, stragglers hold
     * three quarters of the places. Without this, 70 % of the places were taken; with it, 98 %.
     *
     * Kinds. Calls of different kinds take different times, as with a photo or without. A call is compared with its like
     * (KindOffsets). Otherwise, more of the slow kind would look like a queue.
     *
     * Looks. The latency without a queue has to be seen now and then, for a provider changes. About every 48 to 96
     * latencies, the limit is 0.6 of itself for two or three of them. One of several processes cannot empty a shared
     * queue: it would take the queue for the provider's own latency and add a queue of its own. So the processes of a
     * stage share one limit (ShareBook). Where several limits share a provider, as several receivers of callbacks at
     * one host, they look at the same time, as flows of BBR drain their queue together (Cardwell et al., BBR:
     * Congestion-Based Congestion Control, 2016, https://doi.org/10.1145/3012426.3022184): a look begins at multiples
     * of a power of two of nanoseconds since 1970. Three such limits fill a provider 1.15 to 1.25 times, six with 30
     * places 1.5 to 3.8 times.
     *
     * Rejected: Netflix' concurrency-limits 0.5.4, measured in the same simulation. RATIONALE.md of this module
     * has all figures.
     * - Vegas and Gradient2 take a slower provider for a full one and keep going down. At a capacity of 500 they used
     *   4 % and 32 % of it, ours 98 %. When the provider became three times slower without a queue, they made 3.3 and
     *   4.5 calls a second after one to three minutes, ours 19.0.
     * - Gradient2 ignores refusals: a hard limit of 100 refused 92 % of its calls before the dip, and 0.4 % of ours.
     * - AIMD sees a queue only by its time-outs. The calls that were given up on still hold their places by then: 85 %
     *   time-outs when a queue with 20 calls of 2 s lost half its capacity, with ours none. With 5 % of calls that take
     *   60 s, it fills the provider as ours does, because it takes no notice of latency.
     */

    /** A second cut that leaves latency above this share of what it was has changed nothing. */
    private static final double UNCHANGED = Math.log(0.87);

    private static final double SMALLEST_CUT = 0.9;
    private static final double LARGEST_CUT = 0.5;
    private static final double SECOND_CUT = 0.7;
    private static final double LOOK_CUT = 0.6;

    /** Between two looks there are at least so many latencies, and at most twice as many. */
    private static final double LOOK_EVERY = 48;

    /** The limit is above what fits exactly, so that the provider never waits for calls. */
    private static final double HEADROOM = 1.08;

    private static final double ACCELERATION = 1.5;
    private static final double LARGEST_GROWTH = 0.25;
    private static final double LARGEST_FIRST_GROWTH = 0.5;

    /** The provider can do more than was found by so much. */
    private static final double FAR_ABOVE_FOUND = 2;

    /** Where it has found the capacity, the limit grows up to a latency so much above the baseline. */
    private static final double STILL_NO_QUEUE = Math.log(1.04);

    /** Up to a latency so much above the baseline, kinds of calls are compared. A queue makes them more alike. */
    private static final double HARDLY_A_QUEUE = Math.log(1.08);

    /** The more the mix of kinds differs from that of the baseline, the less is known of its latency. */
    private static final double DOUBT = 0.2;

    /** The limit grows if this share of it was in use. */
    private static final double USED = 0.9;

    private enum Phase {
        STEADY,
        /** Latency was suspect and the limit was cut, so latency should be back at the baseline. */
        CUT,
        /** It was not, and the limit was cut again, so latency should at least be lower than after the first cut. */
        CUT_AGAIN,
        /** The limit was cut to see the latency without a queue. */
        LOOKING
    }

    /** A process begins with so many calls after a stop, for all processes begin at that time. */
    private static final int AFTER_A_STOP = 4;

    private final int min;

    /** So few calls are not taken for the cause of anything, unless they are all that may be in flight. */
    private final int initial;

    private int max;
    private volatile int current;
    private double limit;

    private final LatencyWindow window = new LatencyWindow();
    private final Baseline baseline = new Baseline();
    private final OverloadDetector overloadDetector = new OverloadDetector();
    private final Stragglers stragglers = new Stragglers();
    private final KindOffsets kinds = new KindOffsets();

    private Phase phase = Phase.STEADY;
    private boolean congestedBefore;
    private double acceleration = 1;

    /** Calls sent before this time belong to an earlier limit. */
    private long validFrom = Long.MIN_VALUE;

    /** Holds what the mix of kinds was when the latency without a queue was last seen. */
    private double mixOfBaseline;

    /** Holds for how many nanoseconds calls seem to wait in a queue now. */
    private double wait;

    /** Cuts were of no use at this latency, though it is above the baseline. */
    private double toleratedLog = Double.NEGATIVE_INFINITY;

    private double levelBeforeCut;
    private double logBeforeCut;

    /**
     * Holds the limit at which a queue was last found to be gone. Below it, as after an outage, and far above it, the
     * limit grows boldly.
     */
    private double found = Double.POSITIVE_INFINITY;

    /** Holds the limit before it began low again, where it is to be soon; 0 if it is there, or will not be. */
    private double levelBefore;

    /** Says until when the time of a look was watched for. */
    private long watchedUntil;

    AdaptiveLimit(LimitBounds bounds) {
        min = bounds.min();
        initial = bounds.initial();
        max = bounds.max();
        set(bounds.initial());
    }

    /** Makes a limit that goes on from what another has learned. */
    AdaptiveLimit(LimitBounds bounds, LimitState learned) {
        this(bounds);
        if (learned.limit() > 0) {
            congestedBefore = learned.congestedBefore();
            baseline.restore(learned);
            kinds.restore(learned.kinds());
            set(learned.limit());
        }
    }

    /** Returns what has been learned, for a successor. What is amid a look is judged anew by it. */
    synchronized LimitState learned() {
        double known = phase == Phase.LOOKING ? Math.max(limit, levelBeforeCut) : limit;
        return new LimitState(
                known, baseline.log(), baseline.calls(), baseline.spread(), congestedBefore, 0, kinds.offsets());
    }

    @Override
    public int limit() {
        return current;
    }

    @Override
    public synchronized void max(int newMax) {
        if (newMax < min) {
            throw new IllegalArgumentException("max must be >= min (" + min + "), was " + newMax);
        }
        max = newMax;
        set(limit);
    }

    /**
     * Begins low again, since no call was made for a while. Nobody knows what the provider can handle now, least of all
     * at once. The limit then grows as fast as at first, up to where it was. If most of the calls are under way, it
     * stays.
     *
     * @param inFlight calls that are under way all the same
     */
    @Override
    public synchronized void startAgain(int inFlight, long nanos) {
        double before = phase == Phase.STEADY ? limit : Math.max(limit, levelBeforeCut);
        int low = inFlight + Math.min(initial, AFTER_A_STOP);
        if (low < limit && 2 * inFlight < limit) {
            levelBefore = Math.max(before, levelBefore);
            shrink(Phase.STEADY, low, nanos);
        }
    }

    @Override
    public synchronized void ended(EndedCall call) {
        endedUnderAnEarlierLimit(call);
        if (call.startNanos() < validFrom || call.result() == EndedCall.Result.FAILED) {
            return;
        }
        if (overloadDetector.overloaded(call, limit)) {
            shrink(Phase.STEADY, overloadDetector.shrunk(call, limit), call.endNanos());
            congested();
        } else if (call.result() == EndedCall.Result.SUCCEEDED) {
            kinds.compared(call, wait, baseline.log())
                    .ifPresent(logLatency -> window.add(call, logLatency, current, baseline.log(), kinds.mix())
                            .ifPresent(this::judge));
        }
    }

    /** Takes note of a call that began under an earlier limit. It says how long calls take, and nothing else. */
    synchronized void endedUnderAnEarlierLimit(EndedCall call) {
        if (call.result() == EndedCall.Result.SUCCEEDED || call.result() == EndedCall.Result.TIMED_OUT) {
            stragglers.ended(call);
        }
    }

    private void judge(Latency latency) {
        wait = Math.max(0, Math.exp(latency.log()) - Math.exp(baseline.log()));
        baseline.scatter(latency);
        overloadDetector.windowPassed();
        if (!baseline.known()) {
            baseline.replace(latency);
            mixOfBaseline = kinds.meanOffset();
            watchedUntil = latency.endNanos();
        }
        switch (phase) {
            case STEADY -> steady(latency);
            case CUT -> cut(latency);
            case CUT_AGAIN -> cutAgain(latency);
            case LOOKING -> looked(latency);
        }
        if (latency.log() - baseline.log() < HARDLY_A_QUEUE) {
            kinds.learn();
        } else {
            kinds.forget();
        }
    }

    private void steady(Latency latency) {
        boolean used = latency.mostInFlight() >= Math.floor(USED * current);
        double excess = latency.log() - baseline.log();
        double tolerance = tolerance(latency);
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
                grow(excess, isNearFound() ? STILL_NO_QUEUE + doubt() : tolerance / 2, latency);
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
        shrink(next, levelBeforeCut * stragglers.leftAfter(share), latency.endNanos());
    }

    private void cut(Latency latency) {
        if (suspect(latency)) {
            logBeforeCut = latency.log();
            shrink(Phase.CUT_AGAIN, limit * stragglers.leftAfter(SECOND_CUT), latency.endNanos());
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
        set(Math.min(levelBeforeCut, Math.ceil(limit / stragglers.leftAfter(SMALLEST_CUT))));
        found = limit;
    }

    private void looked(Latency latency) {
        if (Math.abs(latency.log() - baseline.log()) > baseline.tolerance(latency)) {
            baseline.replace(latency);
        } else {
            baseline.average(latency);
        }
        mixOfBaseline = kinds.meanOffset();
        toleratedLog = Double.NEGATIVE_INFINITY;
        phase = Phase.STEADY;
        double left = stragglers.leftAfter(Math.exp(latency.log() - logBeforeCut));
        double fits = Math.ceil(HEADROOM * levelBeforeCut * left);
        set(Math.clamp(fits, limit, Math.max(limit, levelBeforeCut)));
        if (fits < levelBeforeCut || limit >= found) {
            found = limit;
        }
    }

    private boolean suspect(Latency latency) {
        return latency.log() - baseline.log() > tolerance(latency);
    }

    private double tolerance(Latency latency) {
        return baseline.tolerance(latency) + doubt();
    }

    private double doubt() {
        return DOUBT * Math.abs(kinds.meanOffset() - mixOfBaseline);
    }

    private void grow(double excess, double mostExcess, Latency latency) {
        if (excess > mostExcess) {
            acceleration = 1;
            return;
        }
        double allowed = overloadDetector.allowed(limit, limit + step(), latency.endNanos());
        boolean slowly = isNearFound() && excess > 0;
        acceleration = allowed <= limit || slowly ? 1 : acceleration * ACCELERATION;
        set(allowed);
    }

    private boolean isNearFound() {
        return limit >= found && limit <= FAR_ABOVE_FOUND * found;
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

    /**
     * Returns the number of the period between two looks. The period doubles when latency doubles, so that looks of all
     * processes still coincide. It is longer by as much as the kinds of calls, and stragglers, make calls longer, for a
     * look takes longer, too.
     */
    private long lookPeriod(long nanos) {
        double latency = Math.exp(baseline.log()) * kinds.mix() / (1 - stragglers.share());
        int exponent = Math.getExponent(LOOK_EVERY * latency) + 1;
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
