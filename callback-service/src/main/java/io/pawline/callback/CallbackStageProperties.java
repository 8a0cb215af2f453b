package io.pawline.callback;

import io.pawline.stage.ProviderPolicies;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.spring.StageProperties;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of a stage without {@code max-attempts}, since callback-service has a schedule of retries: {@code
 * pawline.callback.stage.*}. {@link StageProperties} has all of them. Each receiver counts as a provider of its own.
 *
 * <p>Five defaults differ. One receiver alone may have half of the calls in flight. The schedule takes about nine
 * hours, and an outage of Pawline or a receiver that asks for time may make it longer. A receiver gets few calls, so
 * its breaker looks at few. It opens if nearly all of them failed: of so few, two thirds may fail by chance.
 *
 * @param maxInFlight Most tasks that one process works on at once, 1 or more. A task makes its calls one after another,
 *     so this is also the most calls in flight. An adaptive limit does not grow beyond it.
 * @param drain How long a stopping process waits for the tasks that it works on. Make it longer than the longest task.
 *     Otherwise work is cut off and done again, paid calls included.
 * @param commitInterval Least time between two commits of finished tasks. It grows up to five times while commits are
 *     slow. A stage with little to do commits at once.
 * @param retryShare Share of the tasks begun that may be retries while fresh tasks wait, between 0 and 1.
 * @param maxRetryTime Time since the first failure in the stage after which a task is given up, whatever failed.
 * @param firstDelay Longest wait before the second attempt. It doubles with each further attempt.
 * @param maxDelay Longest wait before any attempt.
 * @param adaptiveLimit Whether the number of calls in flight follows what the provider can handle, as measured. If
 *     {@code false}, {@code max-in-flight} is the limit.
 * @param callsPerSecond Most calls that begin in a second, such as 19 or 0.5. Set it if the provider publishes a rate.
 *     All processes of the stage share it; in callback-service, it holds for each process and receiver. 0 means that
 *     there is no such limit.
 * @param breaker Whether the stage stops its calls for a while if the provider fails.
 * @param breakerFailurePercent Percentage of the latest calls that must fail before the breaker opens, 1 to 100.
 * @param breakerCalls Number of the latest calls that the breaker looks at, 2 or more. It opens only if half of them
 *     have been made.
 * @param breakerPause How long no call is made after the breaker has opened. The time doubles each time the provider
 *     still fails afterwards.
 * @param breakerMaxPause Longest time without a call after the breaker has opened.
 * @param callCost Price of one call in the currency of the ledger, with six decimals at most.
 */
record CallbackStageProperties(
        @DefaultValue("512") int maxInFlight,
        @DefaultValue("75s") Duration drain,
        @DefaultValue("10ms") Duration commitInterval,
        @DefaultValue("0.25") double retryShare,
        @DefaultValue("12h") Duration maxRetryTime,
        @DefaultValue("5s") Duration firstDelay,
        @DefaultValue("60s") Duration maxDelay,
        @DefaultValue("true") boolean adaptiveLimit,
        @DefaultValue("0") double callsPerSecond,
        @DefaultValue("true") boolean breaker,
        @DefaultValue("90") int breakerFailurePercent,
        @DefaultValue("20") int breakerCalls,
        @DefaultValue("5s") Duration breakerPause,
        @DefaultValue("60s") Duration breakerMaxPause,
        @DefaultValue("0") BigDecimal callCost) {

    /** Counts only if the schedule is empty. */
    private static final int ATTEMPTS_WITHOUT_SCHEDULE = 6;

    /** The policies of the stage, with these delays between the attempts. */
    StagePolicies policies(List<Duration> schedule) {
        StagePolicies policies = complete().policies();
        return new StagePolicies(
                maxInFlight, drain, commitInterval, retryShare, policies.retry().on(schedule));
    }

    /** The policies for each receiver. */
    ProviderPolicies receivers(String name) {
        return complete().provider(name);
    }

    private StageProperties complete() {
        return new StageProperties(
                maxInFlight,
                drain,
                commitInterval,
                retryShare,
                ATTEMPTS_WITHOUT_SCHEDULE,
                maxRetryTime,
                firstDelay,
                maxDelay,
                adaptiveLimit,
                callsPerSecond,
                0,
                0,
                0,
                breaker,
                breakerFailurePercent,
                breakerCalls,
                breakerPause,
                breakerMaxPause,
                callCost);
    }
}
