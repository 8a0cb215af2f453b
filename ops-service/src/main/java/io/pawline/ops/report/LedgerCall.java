package io.pawline.ops.report;

import io.pawline.schemas.Reason;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call of the ledger, as far as the sums of a report need it.
 *
 * @param endedAt null: it is under way, or its process died
 * @param outcome {@code succeeded} or {@code failed}; null as above
 * @param reason null: it did not fail, or nobody knows why
 * @param costMicros millionths of the unit of money; 0: free, or unknown
 * @param billed {@code yes}, {@code no} or {@code unknown}; null: no end was reported
 */
record LedgerCall(
        UUID id,
        UUID task,
        int generation,
        String stage,
        String provider,
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable String outcome,
        boolean orphaned,
        @Nullable String reason,
        @Nullable Long durationMillis,
        long costMicros,
        @Nullable String billed) {

    boolean succeeded() {
        return "succeeded".equals(outcome);
    }

    boolean failed() {
        return "failed".equals(outcome);
    }

    /** The code of the reason why it failed. */
    String cause() {
        return Objects.requireNonNullElse(reason, Reason.UNCLASSIFIED.code());
    }

    /** Whether another call was made for the same task, in the same generation and stage. */
    boolean sharesTaskStageWith(LedgerCall other) {
        return generation == other.generation && task.equals(other.task) && stage.equals(other.stage);
    }
}
