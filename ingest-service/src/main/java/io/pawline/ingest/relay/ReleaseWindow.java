package io.pawline.ingest.relay;

import io.pawline.ingest.IngestProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Measures how many tasks the stages should have: as many as they end in the time that a task takes while none waits, and
 * in the time ahead that is set. For one thread.
 */
public final class ReleaseWindow {

    /*
     * By Little's law, stages that end r tasks in a second and take t seconds for one have r * t of them at work. With
     * fewer, their capacity is not used, and the rate that is measured then would shrink the window further. So the window
     * has r * (t + ahead). The time t is that of late, as long as no task waits in the outbox. While some do, the stages
     * have as much as the window lets in, and the time says nothing but that: then it may only sink. It rises slowly, so
     * that a model that has become slower is followed, and not beyond five minutes, so that a dead one is not.
     */

    /** Ends older than this say too little about what is possible now. */
    private static final Duration LONG = Duration.ofMinutes(1);

    /** A rush that has just begun shows in so short a time. */
    private static final Duration SHORT = Duration.ofSeconds(10);

    /** The time in which the time of a task becomes a higher one. */
    private static final Duration MEMORY = Duration.ofMinutes(10);

    /** A task is not expected to take longer than this. */
    private static final Duration LONGEST_TIME = Duration.ofMinutes(5);

    /** The time is measured by so many tasks. */
    static final int SAMPLE = 50;

    /** The stages read no more than some thousands ahead, so more would only lie in Kafka. */
    private static final int MOST = 50_000;

    private static final Duration USED = Duration.ofSeconds(1);

    private final ToLongFunction<Instant> endedSince;
    private final Function<Instant, Optional<Duration>> timeInStages;
    private final IngestProperties.Relay settings;
    private final Clock clock;
    private @Nullable Instant measuredAt;
    private @Nullable Duration time;
    private int size;

    /**
     * @param endedSince counts the tasks that ended after a moment because stages worked on them
     * @param timeInStages the median time of the newest of them that succeeded
     */
    public ReleaseWindow(
            ToLongFunction<Instant> endedSince,
            Function<Instant, Optional<Duration>> timeInStages,
            IngestProperties.Relay settings,
            Clock clock) {
        this.endedSince = endedSince;
        this.timeInStages = timeInStages;
        this.settings = settings;
        this.clock = clock;
        this.size = settings.leastAhead();
    }

    /**
     * Returns the number of tasks. It is measured once a second at most.
     *
     * @param tasksWait whether tasks wait in the outbox because the stages have enough
     */
    int size(boolean tasksWait) {
        Instant now = clock.instant();
        Instant before = measuredAt;
        if (before == null || Duration.between(before, now).compareTo(USED) >= 0) {
            Duration passed = before == null ? Duration.ZERO : Duration.between(before, now);
            timeInStages.apply(now.minus(LONG)).ifPresent(median -> learn(median, passed, tasksWait));
            double perSecond = Math.max(perSecond(now, LONG), perSecond(now, SHORT));
            Duration whole = settings.ahead().plus(time == null ? Duration.ZERO : time);
            int most = Math.max(MOST, settings.leastAhead());
            size = (int) Math.clamp(perSecond * whole.toMillis() / 1000, settings.leastAhead(), most);
            measuredAt = now;
        }
        return size;
    }

    private void learn(Duration median, Duration passed, boolean tasksWait) {
        Duration known = time;
        Duration seen = median.compareTo(LONGEST_TIME) < 0 ? median : LONGEST_TIME;
        if (known == null || seen.compareTo(known) < 0 || !tasksWait) {
            time = seen;
        } else {
            double part = Math.min(1, (double) passed.toMillis() / MEMORY.toMillis());
            time = known.plusMillis(Math.round(seen.minus(known).toMillis() * part));
        }
    }

    private double perSecond(Instant now, Duration of) {
        return endedSince.applyAsLong(now.minus(of)) * 1000.0 / of.toMillis();
    }
}
