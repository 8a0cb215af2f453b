package io.pawline.ingest.callbacks;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.list.ListController;
import io.pawline.ingest.list.TaskCursor;
import io.pawline.ingest.submit.TaskController;
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

/** Callbacks: those nobody has taken, and once more those that somebody asks for. */
@RestController
final class CallbackController {

    private static final String UNDELIVERED = "undelivered";

    private final UndeliveredCallbacks undeliveredCallbacks;
    private final Clock clock;

    CallbackController(UndeliveredCallbacks undeliveredCallbacks, Clock clock) {
        this.undeliveredCallbacks = undeliveredCallbacks;
        this.clock = clock;
    }

    /** A page; without a cursor it is the last one. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<CallbackView> callbacks, @Nullable String nextCursor) {}

    /**
     * An ending and how far its receiver has been told; what does not apply is left out.
     *
     * @param attempts tries that have ended
     * @param reason code of why the last one failed
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
            @RequiresScope(Scope.READ) ApiClient tenant,
            @RequestParam("state") String state,
            @RequestParam(name = "limit", required = false) @Nullable String limit,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
        if (!state.equals(UNDELIVERED)) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, "state is not undelivered, the only one there is");
        }
        int most = ListController.limit(limit);
        TaskId after = cursor == null ? null : TaskCursor.parse(cursor);
        List<Task> found = undeliveredCallbacks.page(tenant.tenant(), after, most + 1);
        List<Task> shown = found.subList(0, Math.min(most, found.size()));
        return new Page(
                shown.stream()
                        .map(task -> CallbackView.of(task, task.ending().orElseThrow()))
                        .toList(),
                found.size() > most ? TaskCursor.after(shown.getLast().id()) : null);
    }

    /** Accepted and not yet done: callback-service sends it. */
    @PostMapping("/v1/tasks/{id}/callback")
    @ResponseStatus(HttpStatus.ACCEPTED)
    CallbackView resend(@RequiresScope({Scope.SUBMIT, Scope.OPERATE}) ApiClient tenant, @PathVariable("id") String id) {
        Task task = undeliveredCallbacks
                .resend(TaskController.parse(id), tenant.tenant(), clock.instant())
                .orElseThrow(TaskController::notFound);
        if (task.submission().callbackUrl().isEmpty()) {
            throw new ProblemException(IngestProblem.NO_CALLBACK, "the task was submitted without a callback_url");
        }
        FinalState finalState = task.ending()
                .orElseThrow(() -> new ProblemException(
                        IngestProblem.TASK_NOT_FINISHED, "the task is still processing; its ending will be told"));
        return CallbackView.of(task, finalState);
    }
}
