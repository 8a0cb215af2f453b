package io.pawline.stage.provider;

/**
 * Is what a limit has learned of its provider, for its successor.
 *
 * @param limit calls in flight
 * @param baselineLog natural logarithm of the latency without a queue, in nanoseconds; minus infinity if unknown
 * @param baselineCalls that it was measured with
 * @param spread standard deviation of the logarithm of one call's latency
 * @param congestedBefore whether the provider has ever been full
 */
public record LimitState(double limit, double baselineLog, int baselineCalls, double spread, boolean congestedBefore) {

    /** Nothing is known. */
    static final LimitState UNKNOWN = new LimitState(0, Double.NEGATIVE_INFINITY, 0, 0.4, false);
}
