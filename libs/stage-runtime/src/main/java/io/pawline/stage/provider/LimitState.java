package io.pawline.stage.provider;

import java.util.Map;

/**
 * Is what a limit has learned of its provider, for its successor.
 *
 * @param limit calls in flight
 * @param baselineLog natural logarithm of the latency without a queue, in nanoseconds; minus infinity if unknown
 * @param baselineCalls that it was measured with
 * @param spread standard deviation of the logarithm of one call's latency
 * @param congestedBefore whether the provider has ever been full
 * @param rate calls per second that were learned from refusals; 0: none
 * @param kinds for each kind of calls, by how much the logarithm of its latency differs from the baseline's
 */
public record LimitState(
        double limit,
        double baselineLog,
        int baselineCalls,
        double spread,
        boolean congestedBefore,
        double rate,
        Map<String, Double> kinds) {

    /** Nothing is known. */
    static final LimitState UNKNOWN = new LimitState(0, Double.NEGATIVE_INFINITY, 0, 0.4, false, 0, Map.of());

    public LimitState {
        kinds = Map.copyOf(kinds);
    }

    /** Returns the same with a rate. */
    LimitState withRate(double learned) {
        return new LimitState(limit, baselineLog, baselineCalls, spread, congestedBefore, learned, kinds);
    }
}
