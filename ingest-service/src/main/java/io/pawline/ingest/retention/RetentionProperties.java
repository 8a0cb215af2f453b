package io.pawline.ingest.retention;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long what tasks leave behind is kept: {@code pawline.ingest.retention.*}.
 *
 * @param tasks how long a task is kept after its acceptance, 31 days or more; months are dropped as a whole, so it is
 *     kept up to a month longer
 * @param photos how long an uploaded photo is kept after the final state of its task, more than 0; a replay in detect
 *     needs it
 * @param intermediates how long other images that are no result are kept after the final state, more than 0: cut-outs
 *     of failed tasks, of earlier generations, and of calls whose result was dropped; a replay in finalize needs them
 * @param results how long results and thumbnails are kept after the final state, more than 0, and no longer than
 *     {@code tasks}
 * @param tenants other times for single tenants: {@code pawline.ingest.retention.tenants.shop.photos=30d}
 */
@ConfigurationProperties("pawline.ingest.retention")
public record RetentionProperties(
        @DefaultValue("90d") Duration tasks,
        @DefaultValue("7d") Duration photos,
        @DefaultValue("2d") Duration intermediates,
        @DefaultValue("90d") Duration results,
        @Nullable Map<String, Tenant> tenants) {

    private static final String PREFIX = "pawline.ingest.retention.";

    private static final Duration SHORTEST = Duration.ofDays(31);

    public RetentionProperties {
        if (tasks.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(PREFIX + "tasks must be >= 31 days, was " + tasks);
        }
        check("photos", photos, tasks);
        check("intermediates", intermediates, tasks);
        check("results", results, tasks);
        tenants = tenants == null ? Map.of() : Map.copyOf(tenants);
        Duration longest = tasks;
        tenants.forEach((tenant, own) -> {
            check("tenants." + tenant + ".photos", own.photos(), longest);
            check("tenants." + tenant + ".intermediates", own.intermediates(), longest);
            check("tenants." + tenant + ".results", own.results(), longest);
        });
    }

    /** The times of one tenant. What is not set is as for all. */
    public record Tenant(
            @Nullable Duration photos,
            @Nullable Duration intermediates,
            @Nullable Duration results) {}

    /** The tenants with times of their own. */
    Map<String, Tenant> ownTimes() {
        return tenants == null ? Map.of() : tenants;
    }

    private static void check(String name, @Nullable Duration time, Duration tasks) {
        if (time != null && (!time.isPositive() || time.compareTo(tasks) > 0)) {
            throw new IllegalArgumentException(
                    "%s%s must be > 0 and at most %stasks (%s), was %s".formatted(PREFIX, name, PREFIX, tasks, time));
        }
    }
}
