package io.pawline.stage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows another clock, but for its jumps. A step of that clock, forward or back, expires no task and prolongs no
 * wait: time goes on from where it was. A clock that is corrected slowly is followed. What was wrong when the process
 * started stays wrong until it is started again. Thread-safe.
 */
final class SteadyClock extends Clock {

    private static final Logger log = LoggerFactory.getLogger(SteadyClock.class);

    /** A larger difference to the time that has passed is a step. Corrections by NTP are smaller, or are steps. */
    private static final long STEP = Duration.ofSeconds(1).toNanos();

    /** A thread that was held up for longer between its two looks does not know which of them was late. */
    private static final long PROMPT = Duration.ofMillis(100).toNanos();

    private final Clock followed;
    private final LongSupplier nanoTime;
    private final Instant start;
    private final long startNanos;
    /** Holds how far the followed clock is ahead of the time that has passed. */
    private long ahead;
    /** Holds what all steps together come to. */
    private Duration steps = Duration.ZERO;

    SteadyClock(Clock followed, LongSupplier nanoTime) {
        this.followed = followed;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.start = followed.instant();
    }

    @Override
    public Instant instant() {
        long before = nanoTime.getAsLong();
        Instant now = followed.instant();
        return without(now, before, nanoTime.getAsLong());
    }

    private synchronized Instant without(Instant now, long before, long after) {
        if (after - before <= PROMPT) {
            long aheadNow = Duration.between(start, now).toNanos() - (after - startNanos);
            if (Math.abs(aheadNow - ahead) > STEP) {
                steps = steps.plusNanos(aheadNow - ahead);
                log.warn("the clock of this machine was set by {}; this stage goes on by its old time", steps);
            }
            ahead = aheadNow;
        }
        return now.minus(steps);
    }

    @Override
    public ZoneId getZone() {
        return followed.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new SteadyClock(followed.withZone(zone), nanoTime);
    }
}
