package io.pawline.stage;

import java.util.Objects;
import java.util.Optional;

/**
 * Says how a stage treats the provider it calls.
 *
 * @param name of the provider, in the ledger, in metrics and in live controls
 * @param adaptiveLimit whether the calls in flight follow what the provider can handle; else the stage's maximum holds
 * @param breaker when to stop calling a provider that fails; empty: never
 * @param callsPerSecond most calls begun in a second by one process, where the provider publishes a rate; may be a
 *     fraction, at most a million; 0: no such limit
 * @param callCostMicros price of one call in millionths of a unit of money
 */
public record ProviderPolicies(
        String name,
        boolean adaptiveLimit,
        Optional<BreakerPolicy> breaker,
        double callsPerSecond,
        long callCostMicros) {

    private static final int MOST_CALLS_PER_SECOND = 1_000_000;

    public ProviderPolicies {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a provider's name must not be blank");
        }
        Objects.requireNonNull(breaker, "breaker");
        if (!(callsPerSecond >= 0 && callsPerSecond <= MOST_CALLS_PER_SECOND)) {
            throw new IllegalArgumentException(
                    "calls-per-second must be from 0 to %d, was %s".formatted(MOST_CALLS_PER_SECOND, callsPerSecond));
        }
        if (callCostMicros < 0) {
            throw new IllegalArgumentException("call-cost must be >= 0, was " + callCostMicros + " millionths");
        }
    }

    /** Returns the same policies for a provider of another name. */
    public ProviderPolicies named(String other) {
        return new ProviderPolicies(other, adaptiveLimit, breaker, callsPerSecond, callCostMicros);
    }
}
