package io.pawline.ops.deadletters;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Letters of one cause.
 *
 * @param overTime how many of them in each span of time in which there were any, oldest first
 */
public record DeadLetterGroup(
        String stage,
        String reason,
        @Nullable String providerCode,
        long count,
        Instant oldest,
        Instant newest,
        List<Span> overTime) {

    /** Letters of one span of time, from this moment on. */
    public record Span(Instant from, long count) {}

    public DeadLetterGroup {
        overTime = List.copyOf(overTime);
    }
}
