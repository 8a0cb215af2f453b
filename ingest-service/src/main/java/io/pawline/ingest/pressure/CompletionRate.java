package io.pawline.ingest.pressure;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Measures how fast tasks reach their final states. A system that has little to do ends few tasks, which says nothing
 * about what it can do. So during a rush, while many tasks are open, the rate since its beginning is measured too. Both
 * rates have been possible, so the higher one counts. For one thread.
 */
final class CompletionRate {

    /** Final states older than this say too little about what is possible now. */
    static final Duration WINDOW = Duration.ofMinutes(1);

    /** In less time than this, a handful of tasks that ended together would look like a high rate. */
    private static final Duration SHORTEST = Duration.ofSeconds(5);

    private final long few;
    private @Nullable Instant rushSince;

    /** @param few up to so many open tasks are no rush */
    CompletionRate(long few) {
        this.few = few;
    }

    /**
     * @param openOfTenants tasks that are open now, of each tenant
     * @param endedSince counts those that reached a final state after a moment
     */
    Prediction predict(Instant now, Map<String, Long> openOfTenants, ToLongFunction<Instant> endedSince) {
        long open = openOfTenants.values().stream().mapToLong(Long::longValue).sum();
        if (open <= few) {
            rushSince = null;
        } else if (rushSince == null) {
            rushSince = now;
        }
        return new Prediction(
                openOfTenants,
                open,
                Math.max(perSecond(now, WINDOW, endedSince), perSecond(now, ofRush(rushSince, now), endedSince)));
    }

    private static Duration ofRush(@Nullable Instant since, Instant now) {
        Duration rush = since == null ? WINDOW : Duration.between(since, now);
        return rush.compareTo(SHORTEST) < 0 ? SHORTEST : rush.compareTo(WINDOW) > 0 ? WINDOW : rush;
    }

    private static double perSecond(Instant now, Duration time, ToLongFunction<Instant> endedSince) {
        return endedSince.applyAsLong(now.minus(time)) * 1000.0 / time.toMillis();
    }
}
