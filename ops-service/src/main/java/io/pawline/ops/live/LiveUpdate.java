package io.pawline.ops.live;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Carries a result of the live count: either the totals of a span of time, or how a process stands. The newest of a key
 * holds.
 */
record LiveUpdate(
        String stage,
        int seconds,
        @Nullable Instant startedAt,
        @Nullable WindowTotals totals,
        @Nullable InstanceState process) {

    static LiveUpdate of(String stage, Duration span, Instant startedAt, WindowTotals totals) {
        return new LiveUpdate(stage, (int) span.toSeconds(), startedAt, totals, null);
    }

    static LiveUpdate of(String stage, InstanceState process) {
        return new LiveUpdate(stage, 0, null, null, process);
    }

    String key() {
        return process == null
                ? stage + "/" + seconds + "/" + startedAt
                : stage + "/" + process.instance() + "/" + process.provider();
    }
}
