package io.pawline.stage;

import java.util.Objects;
import java.util.Optional;

/**
 * Says how a stage treats the provider it calls.
 *
 * @param name of the provider, in the ledger, in metrics and in live controls
 * @param adaptiveLimit whether the calls in flight follow what the provider can handle; else the stage's maximum holds
 * @param breaker when to stop calling a provider that fails; empty: never
 * @param callsPerSecond most calls begun in a second by all processes of the stage together, where the provider
 *     publishes a rate; may be a fraction, at most a million; 0: no such limit
 * @param callsPerMinute the same for a minute
 * @param tokensPerMinute tokens that all processes of the stage together may use in a minute, where the provider says
 *     how many a call has used; 0: no such limit
 * @param capacity most calls in flight of all processes of the stage together; 0: as many as the processes can have
 * @param callCostMicros price of one call in millionths of a unit of money
 */
public record ProviderPolicies(
        String name,
        boolean adaptiveLimit,
        Optional<BreakerPolicy> breaker,
        double callsPerSecond,
        double callsPerMinute,
        long tokensPerMinute,
        int capacity,
        long callCostMicros) {

    private static final int MOST_CALLS_PER_SECOND = 1_000_000;
    private static final int SECONDS = 60;
    private static final double WINDOW_OF_MINUTE = 6;
    private static final double USED_OF_MINUTE = 0.992;

    public ProviderPolicies {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a provider's name must not be blank");
        }
        Objects.requireNonNull(breaker, "breaker");
        if (!(callsPerSecond >= 0 && callsPerSecond <= MOST_CALLS_PER_SECOND)) {
            throw new IllegalArgumentException(
                    "calls-per-second must be from 0 to %d, was %s".formatted(MOST_CALLS_PER_SECOND, callsPerSecond));
        }
        if (!(callsPerMinute >= 0 && callsPerMinute <= MOST_CALLS_PER_SECOND)) {
            throw new IllegalArgumentException(
                    "calls-per-minute must be from 0 to %d, was %s".formatted(MOST_CALLS_PER_SECOND, callsPerMinute));
        }
        if (tokensPerMinute < 0) {
            throw new IllegalArgumentException("tokens-per-minute must be >= 0, was " + tokensPerMinute);
        }
        if (capacity < 0) {
            throw new IllegalArgumentException("provider-capacity must be >= 0, was " + capacity);
        }
        if (callCostMicros < 0) {
            throw new IllegalArgumentException("call-cost must be >= 0, was " + callCostMicros + " millionths");
        }
    }

    /** Makes policies without a rate by the minute and without a fixed capacity. */
    public ProviderPolicies(
            String name,
            boolean adaptiveLimit,
            Optional<BreakerPolicy> breaker,
            double callsPerSecond,
            long callCostMicros) {
        this(name, adaptiveLimit, breaker, callsPerSecond, 0, 0, 0, callCostMicros);
    }

    /** Returns the same policies for a provider of another name. */
    public ProviderPolicies named(String other) {
        return new ProviderPolicies(
                other,
                adaptiveLimit,
                breaker,
                callsPerSecond,
                callsPerMinute,
                tokensPerMinute,
                capacity,
                callCostMicros);
    }

    /** Returns the seconds over which the rate is compared. */
    public double rateWindow() {
        return callsPerSecond > 0 && rate() == callsPerSecond ? 1 : WINDOW_OF_MINUTE;
    }

    /**
     * Returns how many calls may begin in a second, by both rates; 0: there is no such limit. A rate by the minute is
     * spread evenly. It is not used up to the last call, for each process may begin a call more than its share.
     */
    public double rate() {
        double byMinute = callsPerMinute * USED_OF_MINUTE / SECONDS;
        if (callsPerSecond == 0 || callsPerMinute == 0) {
            return Math.max(callsPerSecond, byMinute);
        }
        return Math.min(callsPerSecond, byMinute);
    }
}
