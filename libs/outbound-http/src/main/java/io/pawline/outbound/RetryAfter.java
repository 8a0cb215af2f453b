package io.pawline.outbound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import okhttp3.Headers;

/**
 * Reads {@code Retry-After} (<a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110</a>): seconds or
 * a date. A value that is not readable or has passed counts as absent. A value that is too far off is cut down, so that
 * no answer defers a task for days. Thread-safe.
 */
public final class RetryAfter {

    private static final Duration LONGEST = Duration.ofHours(1);

    private final Clock clock;
    private final Duration longest;

    /** A reader that cuts down waits to one hour. */
    public RetryAfter(Clock clock) {
        this(clock, LONGEST);
    }

    public RetryAfter(Clock clock, Duration longest) {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.longest = Objects.requireNonNull(longest, "longest");
    }

    /** The moment before which the other side does not want to be called again. */
    public Optional<Instant> notBefore(Headers headers) {
        String value = headers.get("Retry-After");
        if (value == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Instant latest = now.plus(longest);
        return parse(headers, value.strip(), now, latest)
                .filter(moment -> moment.isAfter(now))
                .map(moment -> moment.isAfter(latest) ? latest : moment);
    }

    private static Optional<Instant> parse(Headers headers, String value, Instant now, Instant latest) {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(value.length() > 9 ? latest : now.plusSeconds(Long.parseLong(value)));
        }
        // All three forms of https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
        return Optional.ofNullable(headers.getInstant("Retry-After"));
    }
}
