package io.pawline.ops.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds what is known of an outside call.
 *
 * @param id UUIDv7
 * @param end how it ended; null: it is under way, or its process died
 * @param orphaned whether its result was dropped, since another process had the task by then
 * @param money whose leases it was made on; null: nobody limits its money
 * @param hedge whether it was made because another call of the same attempt took long
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
        boolean orphaned,
        @Nullable Money money,
        boolean hedge) {

    /** A call whose money nobody limits. */
    public Call(
            UUID id,
            UUID taskId,
            int generation,
            String tenant,
            String stage,
            String provider,
            int attempt,
            @Nullable End end,
            boolean orphaned) {
        this(id, taskId, generation, tenant, stage, provider, attempt, end, orphaned, null, false);
    }

    /**
     * The leases of money of a call.
     *
     * @param life start of the process that had them
     * @param day whose money it was; null: only the task's is limited
     * @param reservedMicros what the call costs at most
     */
    public record Money(String life, @Nullable LocalDate day, long reservedMicros) {}

    /**
     * The end of a call.
     *
     * @param outcome {@code succeeded} or {@code failed}
     * @param costMicros millionths of the unit of money; null: not reported
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

    /** Reads the time when the call began, to the millisecond, from its id. */
    public Instant startedAt() {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** Joins what two events say about the same call, in whatever order they came. */
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
                orphaned || other.orphaned,
                money == null ? other.money : money,
                hedge || other.hedge);
    }
}
