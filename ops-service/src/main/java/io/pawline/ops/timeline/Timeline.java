package io.pawline.ops.timeline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Shows all that is known of a task.
 *
 * @param state accepted, success, failed, cancelled or expired
 * @param waitingFor why it waits, see {@link WaitReason#of}; null: it does not, or that is not known
 * @param cost of its calls that the ledger has
 * @param events oldest first
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Timeline(
        UUID taskId,
        String tenant,
        String style,
        @Nullable String clientRef,
        String state,
        @Nullable String reason,
        @Nullable String detail,
        Instant submittedAt,
        Instant deadline,
        @Nullable Instant endedAt,
        @Nullable Instant deliveredAt,
        int generation,
        @Nullable String waitingFor,
        BigDecimal cost,
        List<Event> events) {

    Timeline {
        events = List.copyOf(events);
    }

    /** The same of a task that waits for this. */
    Timeline waitingFor(@Nullable String what) {
        return new Timeline(
                taskId,
                tenant,
                style,
                clientRef,
                state,
                reason,
                detail,
                submittedAt,
                deadline,
                endedAt,
                deliveredAt,
                generation,
                what,
                cost,
                events);
    }

    /**
     * A thing that happened to a task.
     *
     * @param at when; of a call, when it began
     * @param kind accepted, reached, call, letter, replay, ended or delivered
     * @param hedge true of a call that was made because another one of the same attempt took long; else null
     * @param outcome of a call: succeeded, failed, orphaned, or unknown for one of which no end was reported
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Event(
            Instant at,
            String kind,
            @Nullable String stage,
            @Nullable Integer generation,
            @Nullable String provider,
            @Nullable Integer attempt,
            @Nullable Boolean hedge,
            @Nullable String outcome,
            @Nullable String phase,
            @Nullable Integer status,
            @Nullable String providerCode,
            @Nullable String requestId,
            @Nullable String reason,
            @Nullable Long latencyMs,
            @Nullable String billed,
            @Nullable BigDecimal cost,
            @Nullable String detail) {}
}
