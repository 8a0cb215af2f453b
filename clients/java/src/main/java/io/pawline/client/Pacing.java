package io.pawline.client;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Decides how long to wait before the next attempt, and waits. Without {@code Retry-After}, the pause doubles with each
 * attempt up to a limit, and is between half of that and the whole. Thread-safe.
 */
class Pacing {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** {@code Retry-After} is exceeded by up to this share, so that those who were refused together come one by one. */
    private static final double SPREAD = 0.25;

    private final Clock clock;
    private final DoubleSupplier random;

    /** @param random from 0 inclusive to 1 exclusive */
    Pacing(Clock clock, DoubleSupplier random) {
        this.clock = clock;
        this.random = random;
    }

    Instant now() {
        return clock.instant();
    }

    void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /** Returns the pause after so many attempts, at least what the answer asked for. */
    Duration after(int attempts, Optional<Duration> retryAfter) {
        if (retryAfter.isPresent()) {
            return scaled(retryAfter.get(), 1 + SPREAD * random.getAsDouble());
        }
        Duration whole = FIRST.multipliedBy(1L << Math.min(attempts - 1, 20));
        return scaled(whole.compareTo(LONGEST) < 0 ? whole : LONGEST, (1 + random.getAsDouble()) / 2);
    }

    /** Reads {@code Retry-After}, in seconds or as a date; empty if it is neither. */
    Optional<Duration> retryAfter(String header) {
        try {
            if (header.matches("[0-9]{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(header)));
            }
            Duration left = Duration.between(
                    now(),
                    ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return Optional.of(left.isNegative() ? Duration.ZERO : left);
        } catch (DateTimeException malformed) {
            return Optional.empty();
        }
    }

    private static Duration scaled(Duration time, double factor) {
        return Duration.ofNanos((long) (time.toNanos() * factor));
    }
}
