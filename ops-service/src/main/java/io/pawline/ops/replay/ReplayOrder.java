package io.pawline.ops.replay;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says how a replay is to go.
 *
 * @param perSecond most dead letters a second, 1 or more
 * @param deadline how long a replayed task may take; null: as configured
 * @param startsAt when it begins; null: at once
 * @param stopPercent the replay pauses when more than this share of its tasks failed, 1 to 99; null: never
 */
record ReplayOrder(
        @Nullable String name,
        int perSecond,
        @Nullable Duration deadline,
        @Nullable Instant startsAt,
        @Nullable Integer stopPercent) {

    ReplayOrder {
        if (perSecond < 1) {
            throw new IllegalArgumentException("perSecond must be > 0, was " + perSecond);
        }
        if (deadline != null && !deadline.isPositive()) {
            throw new IllegalArgumentException("deadline must be > 0, was " + deadline);
        }
    }
}
