package io.pawline.stage.spring;

import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The policies of a stage as settings: {@code pawline.<stage>.stage.*}.
 *
 * <p>A stage for which some of them have no effect declares a record of its own with the others, as finalize-service
 * and callback-service do. The flat names rule out nested records. The description of a setting is the same text
 * in each record, which {@code ConfigurationReferenceTest} checks.
 *
 * @param maxInFlight Most tasks that one process works on at once, 1 or more. A task makes its calls one after another,
 *     so this is also the most calls in flight. An adaptive limit does not grow beyond it.
 * @param drain How long a stopping process waits for the tasks that it works on. Make it longer than the longest task.
 *     Otherwise work is cut off and done again, paid calls included.
 * @param commitInterval Least time between two commits of finished tasks. It grows up to five times while commits are
 *     slow. A stage with little to do commits at once.
 * @param retryShare Share of the tasks begun that may be retries while fresh tasks wait, between 0 and 1.
 * @param maxAttempts Failures of one scope after which a task is given up, 1 or more. An overloaded provider, a closed
 *     account and outages of Pawline itself do not count, unless the call may have been paid.
 * @param maxRetryTime Time since the first failure in the stage after which a task is given up, whatever failed.
 * @param firstDelay Longest wait before the second attempt. It doubles with each further attempt.
 * @param maxDelay Longest wait before any attempt.
 * @param adaptiveLimit Whether the number of calls in flight follows what the provider can handle, as measured. If
 *     {@code false}, {@code max-in-flight} is the limit.
 * @param callsPerSecond Most calls that begin in a second, such as 19 or 0.5. Set it if the provider publishes a rate.
 *     All processes of the stage share it; in callback-service, it holds for each process and receiver. 0 means that
 *     there is no such limit.
 * @param callsPerMinute Most calls that all processes of the stage together begin in a minute, such as 500. They are
 *     spread evenly over the minute. 0 means that there is no such limit.
 * @param tokensPerMinute Most tokens that the calls of all processes of the stage together use in a minute, where the
 *     provider says how many a call has used, as Ark does. 0 means that there is no such limit.
 * @param providerCapacity Most calls in flight of all processes of the stage together. An adaptive limit does not grow
 *     beyond it. 0 means that only {@code max-in-flight} of each process holds.
 * @param breaker Whether the stage stops its calls for a while if the provider fails.
 * @param breakerFailurePercent Percentage of the latest calls that must fail before the breaker opens, 1 to 100.
 * @param breakerCalls Number of the latest calls that the breaker looks at, 2 or more. It opens only if half of them
 *     have been made.
 * @param breakerPause How long no call is made after the breaker has opened. The time doubles each time the provider
 *     still fails afterwards.
 * @param breakerMaxPause Longest time without a call after the breaker has opened.
 * @param callCost Price of one call in the currency of the ledger, with six decimals at most.
 */
@ConfigurationPropertiesSource
public record StageProperties(
        @DefaultValue("64") int maxInFlight,
        @DefaultValue("105s") Duration drain,
        @DefaultValue("10ms") Duration commitInterval,
        @DefaultValue("0.25") double retryShare,
        @DefaultValue("6") int maxAttempts,
        @DefaultValue("1h") Duration maxRetryTime,
        @DefaultValue("1s") Duration firstDelay,
        @DefaultValue("60s") Duration maxDelay,
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

    public StageProperties {
        new StagePolicies(
                maxInFlight,
                drain,
                commitInterval,
                retryShare,
                new RetryPolicy(maxAttempts, maxRetryTime, firstDelay, maxDelay));
        new ProviderLimits(
                maxInFlight,
                adaptiveLimit,
                callsPerSecond,
                callsPerMinute,
                tokensPerMinute,
                providerCapacity,
                breaker,
                breakerFailurePercent,
                breakerCalls,
                breakerPause,
                breakerMaxPause,
                callCost);
    }

    /** The policies of the stage, for the runtime. */
    public StagePolicies policies() {
        return new StagePolicies(
                maxInFlight,
                drain,
                commitInterval,
                retryShare,
                new RetryPolicy(maxAttempts, maxRetryTime, firstDelay, maxDelay));
    }

    /** The policies for the provider of this name. */
    public ProviderPolicies provider(String name) {
        return new ProviderLimits(
                        maxInFlight,
                        adaptiveLimit,
                        callsPerSecond,
                        callsPerMinute,
                        tokensPerMinute,
                        providerCapacity,
                        breaker,
                        breakerFailurePercent,
                        breakerCalls,
                        breakerPause,
                        breakerMaxPause,
                        callCost)
                .provider(name)
                .provider();
    }
}
