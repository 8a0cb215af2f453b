package io.pawline.ops.deadletters;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the dead letters of one cause.
 *
 * @param overTime how many of them in each span of time in which there were any, oldest first
 */
record DeadLetterGroup(
        String stage,
        String reason,
        @Nullable String providerCode,
        long count,
        Instant oldest,
        Instant newest,
        List<Span> overTime) {

    /** The number of dead letters in one span of time, which begins at this moment. */
    record Span(Instant from, long count) {}

    DeadLetterGroup {
        overTime = List.copyOf(overTime);
    }
}
