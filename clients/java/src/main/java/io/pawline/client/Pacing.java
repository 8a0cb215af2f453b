package io.pawline.client;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Decides how long to wait before the next attempt, and waits. The pause doubles with each attempt up to a limit, and
 * is between half of that and the whole. It is longer if {@code Retry-After} asks for more. Thread-safe.
 */
class Pacing {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** {@code Retry-After} is exceeded by up to this share, so that those who were refused together come one by one. */
    private static final double SPREAD = 0.25;

    /** Whoever asks for more is not waited for anyway. */
    private static final Duration LONGEST_ASKED = Duration.ofDays(30);

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
        Duration whole = shorter(FIRST.multipliedBy(1L << Math.min(attempts - 1, 20)), LONGEST);
        Duration growing = scaled(whole, (1 + random.getAsDouble()) / 2);
        Duration asked = scaled(retryAfter.orElse(Duration.ZERO), 1 + SPREAD * random.getAsDouble());
        return asked.compareTo(growing) > 0 ? asked : growing;
    }

    /** Reads {@code Retry-After}, in seconds or as a date; empty if it is neither. */
    Optional<Duration> retryAfter(String header) {
        try {
            Duration asked = header.matches("[0-9]{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(header))
                    : Duration.between(now(), Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header)));
            return Optional.of(asked.isNegative() ? Duration.ZERO : shorter(asked, LONGEST_ASKED));
        } catch (DateTimeException malformed) {
            return Optional.empty();
        }
    }

    static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration scaled(Duration time, double factor) {
        return Duration.ofNanos((long) (time.toNanos() * factor));
    }
}
