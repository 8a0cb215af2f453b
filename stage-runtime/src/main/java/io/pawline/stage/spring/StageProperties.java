package io.pawline.stage.spring;

import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A stage's policies as settings, the same in every stage: {@code pawline.<stage>.stage.*}.
 *
 * @param maxInFlight calls under way at once in one process, 1 or more
 * @param drain how long a stopping process waits for the calls it has under way; longer
 *     than the longest call, or a paid one may be cut off and made again
 * @param maxAttempts tries of a task in this stage, the first one counted, 1 or more
 * @param firstDelay longest wait before the second try; doubles with each further one
 * @param maxDelay longest wait before any try
 */
@ConfigurationPropertiesSource
public record StageProperties(
        @DefaultValue("64") int maxInFlight,
        @DefaultValue("75s") Duration drain,
        @DefaultValue("6") int maxAttempts,
        @DefaultValue("1s") Duration firstDelay,
        @DefaultValue("60s") Duration maxDelay) {

    public StageProperties {
        new StagePolicies(maxInFlight, drain, new RetryPolicy(maxAttempts, firstDelay, maxDelay));
    }

    /** The same as the runtime wants them. */
    public StagePolicies policies() {
        return new StagePolicies(maxInFlight, drain, new RetryPolicy(maxAttempts, firstDelay, maxDelay));
    }
}
