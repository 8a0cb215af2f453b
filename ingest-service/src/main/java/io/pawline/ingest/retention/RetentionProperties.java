package io.pawline.ingest.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long what tasks leave behind is kept: {@code pawline.ingest.retention.*}.
 *
 * @param tasks how long a task is kept after its acceptance, 31 days or more; months are dropped as a whole, so it is
 *     kept up to a month longer
 */
@ConfigurationProperties("pawline.ingest.retention")
public record RetentionProperties(@DefaultValue("90d") Duration tasks) {

    private static final Duration SHORTEST = Duration.ofDays(31);

    public RetentionProperties {
        if (tasks.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("pawline.ingest.retention.tasks must be >= 31 days, was " + tasks);
        }
    }
}
