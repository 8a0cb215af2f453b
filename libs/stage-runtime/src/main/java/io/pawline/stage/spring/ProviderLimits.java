package io.pawline.stage.spring;

import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.Fallbacks.Fallback;
import io.pawline.stage.ProviderPolicies;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The limits and the price of one of a stage's further providers as settings: {@code
 * pawline.<stage>.fallbacks.<name>.limits.*}. They mean what those of the same names mean for the first provider ({@link
 * StageProperties}).
 */
public record ProviderLimits(
        @DefaultValue("64") int maxInFlight,
        @DefaultValue("true") boolean adaptiveLimit,
        @DefaultValue("0") double callsPerSecond,
        @DefaultValue("0") double callsPerMinute,
        @DefaultValue("0") long tokensPerMinute,
        @DefaultValue("0") int providerCapacity,
        @DefaultValue("true") boolean breaker,
        @DefaultValue("65") int breakerFailurePercent,
        @DefaultValue("60") int breakerCalls,
        @DefaultValue("5s") Duration breakerPause,
        @DefaultValue("60s") Duration breakerMaxPause,
        @DefaultValue("0") BigDecimal callCost) {

    private static final int COST_DECIMALS = 6;

    public ProviderLimits {
        new BreakerPolicy(breakerFailurePercent, breakerCalls, breakerPause, breakerMaxPause);
        if (callCost.signum() < 0 || callCost.stripTrailingZeros().scale() > COST_DECIMALS) {
            throw new IllegalArgumentException("call-cost must be >= 0 with at most 6 decimals, was " + callCost);
        }
    }

    /** The provider of this name, for the runtime. */
    public Fallback provider(String name) {
        Optional<BreakerPolicy> policy = breaker
                ? Optional.of(new BreakerPolicy(breakerFailurePercent, breakerCalls, breakerPause, breakerMaxPause))
                : Optional.empty();
        return new Fallback(
                new ProviderPolicies(
                        name,
                        adaptiveLimit,
                        policy,
                        callsPerSecond,
                        callsPerMinute,
                        tokensPerMinute,
                        providerCapacity,
                        callCost.movePointRight(COST_DECIMALS).longValueExact()),
                maxInFlight);
    }
}
