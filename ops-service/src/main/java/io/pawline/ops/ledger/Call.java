package io.pawline.ops.ledger;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An outside call as far as it is known.
 *
 * @param id UUIDv7
 * @param end how it ended; null: it is under way, or its process died
 * @param orphaned whether its result was dropped, since another process had the task by then
 */
public record Call(
        UUID id,
        UUID taskId,
        int generation,
        String tenant,
        String stage,
        String provider,
        int attempt,
        @Nullable End end,
        boolean orphaned) {

    /**
     * How a call ended.
     *
     * @param outcome {@code succeeded} or {@code failed}
     * @param costMicros millionths of the unit of money; null: not told
     * @param billed {@code yes}, {@code no} or {@code unknown}
     */
    public record End(
            Instant at,
            String outcome,
            @Nullable String reason,
            @Nullable String phase,
            @Nullable Integer httpStatus,
            @Nullable String providerCode,
            @Nullable String requestId,
            @Nullable Long durationMillis,
            @Nullable Long costMicros,
            String billed) {
        public End {
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(billed, "billed");
        }
    }

    public Call {
        Objects.requireNonNull(taskId, "taskId");
        if (id.version() != 7) {
            throw new IllegalArgumentException("a call's id is a UUIDv7, was " + id);
        }
    }

    /** When it began, to the millisecond: the time in its id. */
    public Instant startedAt() {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** What two events tell of the same call, in whatever order they came. */
    public Call and(Call other) {
        return new Call(
                id,
                taskId,
                generation,
                tenant,
                stage,
                provider,
                attempt,
                end == null ? other.end : end,
                orphaned || other.orphaned);
    }
}
