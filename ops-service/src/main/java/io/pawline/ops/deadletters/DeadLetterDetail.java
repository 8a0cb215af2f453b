package io.pawline.ops.deadletters;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.ops.deadletters.DeadLetterQueries.MadeCall;
import io.pawline.ops.deadletters.DeadLetterReplays.InReplay;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Task;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Shows one dead letter and all that is known of it in the API; what does not apply is left out.
 *
 * @param versions the payloads that people made of it, oldest first; the last one is what is replayed
 * @param calls every call for its task, in all generations
 * @param replays those it has been in, oldest first
 * @param task how the task stands now
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeadLetterDetail(
        DeadLetterView letter,
        PayloadView payload,
        List<VersionView> versions,
        List<HeaderView> headers,
        List<CallView> calls,
        List<ReplayView> replays,
        @Nullable TaskView task) {

    /**
     * The bytes of a dead letter, in every form that people can read.
     *
     * @param event in Avro's JSON encoding; missing if the bytes are no event
     * @param schema what an edited event is checked against
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PayloadView(
            int bytes,
            String hex,
            String text,
            @Nullable String type,
            @JsonRawValue @Nullable String event,
            @JsonRawValue @Nullable String schema) {}

    /**
     * A payload that a person made.
     *
     * @param version 2 for the first; 1 is the original
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record VersionView(
            int version,
            String by,
            String why,
            Instant at,
            @JsonRawValue @Nullable String event) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HeaderView(
            String name, @Nullable String text, @Nullable String hex) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CallView(
            String stage,
            int generation,
            int attempt,
            boolean hedge,
            String provider,
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String outcome,
            boolean orphaned,
            @Nullable String reason,
            @Nullable String phase,
            @Nullable Integer httpStatus,
            @Nullable String providerCode,
            @Nullable String requestId,
            @Nullable Long durationMs,
            @Nullable Long costMicros,
            @Nullable String billed) {
        static CallView of(MadeCall call) {
            return new CallView(
                    call.stage(),
                    call.generation(),
                    call.attempt(),
                    call.hedge(),
                    call.provider(),
                    call.startedAt(),
                    call.endedAt(),
                    call.outcome(),
                    call.orphaned(),
                    call.reason(),
                    call.phase(),
                    call.httpStatus(),
                    call.providerCode(),
                    call.requestId(),
                    call.durationMs(),
                    call.costMicros(),
                    call.billed());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ReplayView(
            UUID replayId,
            String state,
            @Nullable String skipped,
            @Nullable Integer generation,
            @Nullable String outcome,
            @Nullable String reason) {
        static ReplayView of(InReplay replay) {
            return new ReplayView(
                    replay.replay(),
                    replay.state(),
                    replay.skipped(),
                    replay.generation(),
                    replay.outcome(),
                    replay.reason());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TaskView(
            String state,
            int generation,
            @Nullable Instant endedAt,
            @Nullable String reason,
            @Nullable String message,
            @Nullable Instant deliveredAt) {
        static TaskView of(Task task) {
            FinalState.Failure failure =
                    task.finalState().orElse(null) instanceof FinalState.Failure ended ? ended : null;
            return new TaskView(
                    task.finalState().isEmpty() ? "processing" : task.state().code(),
                    task.generation(),
                    task.finalState().map(FinalState::at).orElse(null),
                    failure == null ? null : failure.reason().code(),
                    failure == null ? null : failure.explanation(),
                    task.delivery().deliveredAt());
        }
    }
}
