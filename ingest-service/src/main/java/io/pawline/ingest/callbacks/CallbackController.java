package io.pawline.ingest.callbacks;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.http.PageLimit;
import io.pawline.ingest.http.TaskCursor;
import io.pawline.ingest.task.TaskIds;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.UndeliveredCallbacks;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Serves {@code /v1/callbacks}, the undelivered callbacks, and requests to send a callback again. */
@RestController
final class CallbackController {

    private static final String UNDELIVERED = "undelivered";

    private final UndeliveredCallbacks undeliveredCallbacks;
    private final Clock clock;

    CallbackController(UndeliveredCallbacks undeliveredCallbacks, Clock clock) {
        this.undeliveredCallbacks = undeliveredCallbacks;
        this.clock = clock;
    }

    /** One page. A page without a cursor is the last one. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<CallbackView> callbacks, @Nullable String nextCursor) {}

    /**
     * A final state and its delivery as JSON; what does not apply is left out.
     *
     * @param attempts deliveries that have been tried
     * @param reason code of the reason why the last one failed
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CallbackView(
            String taskId,
            int generation,
            String state,
            Instant endedAt,
            @Nullable Instant deliveredAt,
            int attempts,
            @Nullable Instant attemptedAt,
            @Nullable String reason,
            @Nullable String message,
            @Nullable Instant resendRequestedAt) {

        static CallbackView of(Task task, FinalState finalState) {
            Delivery delivery = task.delivery();
            return new CallbackView(
                    task.id().toString(),
                    task.generation(),
                    finalState.state().code(),
                    finalState.at(),
                    delivery.deliveredAt(),
                    delivery.attempts(),
                    delivery.attemptedAt(),
                    Optional.ofNullable(delivery.reason()).map(Reason::code).orElse(null),
                    delivery.detail(),
                    delivery.resendRequestedAt());
        }
    }

    @GetMapping("/v1/callbacks")
    Page list(
            @RequiresScope(Scope.READ) ApiClient client,
            @RequestParam("state") String state,
            @RequestParam(name = "limit", required = false) @Nullable String limit,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
        if (!state.equals(UNDELIVERED)) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, "state is not undelivered, the only one there is");
        }
        int most = PageLimit.parse(limit);
        TaskId after = cursor == null ? null : TaskCursor.parse(cursor);
        List<Task> found = undeliveredCallbacks.page(client.tenant(), after, most + 1, clock.instant());
        List<Task> shown = found.subList(0, Math.min(most, found.size()));
        return new Page(
                shown.stream()
                        .map(task -> CallbackView.of(task, task.finalState().orElseThrow()))
                        .toList(),
                found.size() > most ? TaskCursor.after(shown.getLast().id()) : null);
    }

    /** Notes the wish; callback-service sends the callback within seconds. */
    @PostMapping("/v1/tasks/{id}/callback")
    @ResponseStatus(HttpStatus.ACCEPTED)
    CallbackView resend(@RequiresScope({Scope.SUBMIT, Scope.OPERATE}) ApiClient client, @PathVariable("id") String id) {
        Task task = undeliveredCallbacks
                .resend(TaskIds.parse(id), client.tenant(), clock.instant())
                .orElseThrow(TaskIds::notFound);
        if (task.submission().callbackUrl().isEmpty()) {
            throw new ProblemException(IngestProblem.NO_CALLBACK, "the task was submitted without a callback_url");
        }
        FinalState finalState = task.finalState()
                .orElseThrow(() -> new ProblemException(
                        IngestProblem.TASK_NOT_FINISHED,
                        "the task is still processing; its callback will be sent when it has ended"));
        return CallbackView.of(task, finalState);
    }
}
