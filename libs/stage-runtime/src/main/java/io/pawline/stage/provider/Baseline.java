package io.pawline.stage.provider;

/** Estimates the provider's latency without a queue. Not thread-safe. */
final class Baseline {

    /** Latency above this is suspect, even if measured without noise: a quarter more. */
    private static final double SUSPECT = Math.log(1.25);

    /** The tolerance is wider by so many standard errors. */
    private static final double STANDARD_ERRORS = 2.5;

    private static final double SPREAD_WEIGHT = 0.2;
    private static final double LEAST_WEIGHT = 0.2;
    private static final int MOST_CALLS = 100;

    /** An estimate from fewer calls than this is a first impression. */
    private static final int SURE = 50;

    private double log = Double.NEGATIVE_INFINITY;
    private int calls;
    private double spread = 0.4;

    /** Returns the natural logarithm of nanoseconds; minus infinity while it is unknown. */
    double log() {
        return log;
    }

    int calls() {
        return calls;
    }

    double spread() {
        return spread;
    }

    /** Goes on from what another baseline was. */
    void restore(LimitState learned) {
        log = learned.baselineLog();
        calls = learned.baselineCalls();
        spread = learned.spread();
    }

    boolean known() {
        return calls > 0;
    }

    boolean sure() {
        return calls >= SURE;
    }

    /** Learns how much latencies scatter. */
    void scatter(Latency latency) {
        spread += SPREAD_WEIGHT * (latency.spread() - spread);
    }

    /** Returns how far above the baseline this latency has to be to be suspect. */
    double tolerance(Latency latency) {
        return SUSPECT + STANDARD_ERRORS * spread * Math.sqrt(1.0 / latency.calls() + 1.0 / Math.max(1, calls));
    }

    /** Takes a latency for one without a queue. */
    void average(Latency latency) {
        if (!known()) {
            replace(latency);
            return;
        }
        double weight = Math.max(LEAST_WEIGHT, (double) latency.calls() / (latency.calls() + calls));
        log += weight * (latency.log() - log);
        calls = Math.min(MOST_CALLS, calls + latency.calls());
    }

    /** Forgets what was known, for the provider has changed. */
    void replace(Latency latency) {
        log = latency.log();
        calls = Math.min(MOST_CALLS, latency.calls());
    }
}
