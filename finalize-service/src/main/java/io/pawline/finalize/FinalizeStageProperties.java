package io.pawline.finalize;

import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of a stage without those for a provider, since finalize-service calls none: {@code
 * pawline.finalize.stage.*}. {@link io.pawline.stage.spring.StageProperties} has all of them.
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
 */
record FinalizeStageProperties(
        @DefaultValue("64") int maxInFlight,
        @DefaultValue("75s") Duration drain,
        @DefaultValue("10ms") Duration commitInterval,
        @DefaultValue("0.25") double retryShare,
        @DefaultValue("6") int maxAttempts,
        @DefaultValue("1h") Duration maxRetryTime,
        @DefaultValue("1s") Duration firstDelay,
        @DefaultValue("60s") Duration maxDelay) {

    FinalizeStageProperties {
        new StagePolicies(
                maxInFlight,
                drain,
                commitInterval,
                retryShare,
                new RetryPolicy(maxAttempts, maxRetryTime, firstDelay, maxDelay));
    }

    /** The policies of the stage, for the runtime. */
    StagePolicies policies() {
        return new StagePolicies(
                maxInFlight,
                drain,
                commitInterval,
                retryShare,
                new RetryPolicy(maxAttempts, maxRetryTime, firstDelay, maxDelay));
    }
}
