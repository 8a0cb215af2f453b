package io.pawline.stage.spring;

import io.pawline.stage.BreakerPolicy;
import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Holds a stage's policies as settings, the same in every stage: {@code pawline.<stage>.stage.*}.
 *
 * @param maxInFlight most calls under way at once in one process, 1 or more; with an adaptive limit, what it can grow to
 * @param drain how long a stopping process waits for the calls it has under way; longer than the longest call, or a paid
 *     one may be cut off and made again
 * @param commitInterval least time between two commits of finished tasks, and where they are slow up to five times as
 *     much; a stage with little to do commits at once
 * @param retryShare share of the tasks begun that may be retries while fresh ones wait, between 0 and 1
 * @param maxAttempts failures of one scope after which a task is given up, 1 or more; an overloaded provider, a closed
 *     account and outages of Pawline's own do not count, unless money may have been paid
 * @param maxRetryTime since its first failure in the stage after which a task is given up, whatever failed
 * @param firstDelay longest wait before the second try; doubles with each further one
 * @param maxDelay longest wait before any try
 * @param adaptiveLimit whether the calls under way follow what the provider can handle; else max-in-flight holds
 * @param callsPerSecond most calls begun in a second by one process, where the provider publishes a rate; 0: no such limit
 * @param breaker whether a provider that fails is left alone for a while
 * @param breakerFailurePercent share of the latest calls that must fail for it, 1 to 100
 * @param breakerCalls how many of the latest calls are looked at, 2 or more; half of them must have been made
 * @param breakerPause for how long no call is made then; doubles each time the provider still fails afterwards
 * @param breakerMaxPause the longest such pause
 * @param callCost price of one call, in whatever money the ledger is kept, at most six decimals
 */
@ConfigurationPropertiesSource
public record StageProperties(
        @DefaultValue("64") int maxInFlight,
        @DefaultValue("75s") Duration drain,
        @DefaultValue("10ms") Duration commitInterval,
        @DefaultValue("0.25") double retryShare,
        @DefaultValue("6") int maxAttempts,
        @DefaultValue("1h") Duration maxRetryTime,
        @DefaultValue("1s") Duration firstDelay,
        @DefaultValue("60s") Duration maxDelay,
        @DefaultValue("true") boolean adaptiveLimit,
        @DefaultValue("0") int callsPerSecond,
        @DefaultValue("true") boolean breaker,
        @DefaultValue("65") int breakerFailurePercent,
        @DefaultValue("60") int breakerCalls,
        @DefaultValue("5s") Duration breakerPause,
        @DefaultValue("60s") Duration breakerMaxPause,
        @DefaultValue("0") BigDecimal callCost) {

    private static final int COST_DECIMALS = 6;

    public StageProperties {
        new StagePolicies(
                maxInFlight,
                drain,
                commitInterval,
                retryShare,
                new RetryPolicy(maxAttempts, maxRetryTime, firstDelay, maxDelay));
        new BreakerPolicy(breakerFailurePercent, breakerCalls, breakerPause, breakerMaxPause);
        if (callCost.signum() < 0 || callCost.stripTrailingZeros().scale() > COST_DECIMALS) {
            throw new IllegalArgumentException("call-cost must be >= 0 with at most 6 decimals, was " + callCost);
        }
    }

    /** Returns these settings as the runtime's policies. */
    public StagePolicies policies() {
        return new StagePolicies(
                maxInFlight,
                drain,
                commitInterval,
                retryShare,
                new RetryPolicy(maxAttempts, maxRetryTime, firstDelay, maxDelay));
    }

    /** Returns the policies with these delays between the attempts, instead of ever longer ones. */
    public StagePolicies policies(List<Duration> schedule) {
        StagePolicies policies = policies();
        return new StagePolicies(
                maxInFlight, drain, commitInterval, retryShare, policies.retry().on(schedule));
    }

    /** Returns how the provider of this name is treated. */
    public ProviderPolicies provider(String name) {
        Optional<BreakerPolicy> policy = breaker
                ? Optional.of(new BreakerPolicy(breakerFailurePercent, breakerCalls, breakerPause, breakerMaxPause))
                : Optional.empty();
        return new ProviderPolicies(
                name,
                adaptiveLimit,
                policy,
                callsPerSecond,
                callCost.movePointRight(COST_DECIMALS).longValueExact());
    }
}
