package io.pawline.ingest.pressure;

import java.time.Duration;
import java.time.Instant;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How fast tasks end, as far as that can be seen. What a system that has little to do ends says nothing about what it can
 * do, so while there is a rush, with many tasks open, the time since it began counts by itself, too: of both rates the
 * higher one has been shown to be possible. For one thread.
 */
final class CompletionRate {

    /** Older endings say too little about what is possible now. */
    static final Duration WINDOW = Duration.ofMinutes(1);

    /** In less time than this a handful of endings that came together would look like a great rate. */
    private static final Duration SHORTEST = Duration.ofSeconds(5);

    private final long few;
    private @Nullable Instant rushSince;

    /** @param few so many open tasks are no rush yet */
    CompletionRate(long few) {
        this.few = few;
    }

    /**
     * @param open tasks that are open now
     * @param endedSince counts those that have ended after a moment
     */
    Prediction predict(Instant now, long open, ToLongFunction<Instant> endedSince) {
        if (open <= few) {
            rushSince = null;
        } else if (rushSince == null) {
            rushSince = now;
        }
        return new Prediction(
                open, Math.max(perSecond(now, WINDOW, endedSince), perSecond(now, ofRush(rushSince, now), endedSince)));
    }

    private static Duration ofRush(@Nullable Instant since, Instant now) {
        Duration rush = since == null ? WINDOW : Duration.between(since, now);
        return rush.compareTo(SHORTEST) < 0 ? SHORTEST : rush.compareTo(WINDOW) > 0 ? WINDOW : rush;
    }

    private static double perSecond(Instant now, Duration time, ToLongFunction<Instant> endedSince) {
        return endedSince.applyAsLong(now.minus(time)) * 1000.0 / time.toMillis();
    }
}
