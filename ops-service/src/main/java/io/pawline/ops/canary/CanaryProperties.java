package io.pawline.ops.canary;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Says what a bad result of a canary is besides a failure, by settings of {@code pawline.ops.canary.*}.
 *
 * @param slowFactor a call is slow if it takes more than so many times the 95th percentile of the calls of the others, 1
 *     or more
 * @param costFactor a task is costly if its calls cost more than so many times the mean of the others, 1 or more
 */
@ConfigurationProperties("pawline.ops.canary")
public record CanaryProperties(
        @DefaultValue("2") double slowFactor,
        @DefaultValue("2") double costFactor) {

    public CanaryProperties {
        if (!(slowFactor >= 1)) {
            throw new IllegalArgumentException("pawline.ops.canary.slow-factor must be >= 1, was " + slowFactor);
        }
        if (!(costFactor >= 1)) {
            throw new IllegalArgumentException("pawline.ops.canary.cost-factor must be >= 1, was " + costFactor);
        }
    }
}
