package io.pawline.stage.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Spreads the moments at which processes go on after a pause or a cool-down that ends for all of them at once.
 * Thread-safe.
 */
final class Resumption {

    /** A process goes on after a part of the time that it waited, but within this time. */
    private static final Duration LONGEST_SPREAD = Duration.ofSeconds(5);

    private static final int PART_OF_THE_WAIT = 4;

    private final RandomGenerator random;
    private @Nullable Instant waitingSince;
    private @Nullable Instant goesOnAt;

    Resumption(RandomGenerator random) {
        this.random = random;
    }

    /** Takes note that work was kept waiting. */
    synchronized void keptWaiting(Instant now) {
        if (waitingSince == null) {
            waitingSince = now;
        }
        goesOnAt = null;
    }

    /** Says what a process whose work may go on does now. */
    enum Step {
        /** Nothing kept it waiting, or it has gone on before. */
        GO_ON,
        /** It waits for its own moment. */
        WAIT,
        /** Its own moment has come. */
        BEGIN_LOW
    }

    synchronized Step step(Instant now) {
        Instant since = waitingSince;
        if (since == null) {
            return Step.GO_ON;
        }
        Instant at = goesOnAt;
        if (at == null) {
            long spread = Math.clamp(
                    Duration.between(since, now).toMillis() / PART_OF_THE_WAIT, 0, LONGEST_SPREAD.toMillis());
            at = now.plusMillis((long) (random.nextDouble() * spread));
            goesOnAt = at;
        }
        if (at.isAfter(now)) {
            return Step.WAIT;
        }
        waitingSince = null;
        goesOnAt = null;
        return Step.BEGIN_LOW;
    }
}
