package io.pawline.ops.http;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Spans the time that a request asks about.
 *
 * @param to after the span
 */
public record Period(Instant from, Instant to) {

    public Period {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("from must be before to, was %s to %s".formatted(from, to));
        }
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    /** Gives the beginning as the database takes it. */
    public OffsetDateTime start() {
        return from.atOffset(ZoneOffset.UTC);
    }

    /** Gives the end as the database takes it. */
    public OffsetDateTime end() {
        return to.atOffset(ZoneOffset.UTC);
    }
}
