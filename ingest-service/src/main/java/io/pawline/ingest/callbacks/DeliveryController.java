package io.pawline.ingest.callbacks;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.task.TaskIds;
import io.pawline.schemas.Reason;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.CallbackAttempts;
import io.pawline.taskstore.DeliveryState;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.web.RequiresScope;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Serves {@code GET /v1/tasks/{id}/callback}: how far the callback of a task has come, and its attempts. */
@RestController
final class DeliveryController {

    private static final String NONE = "none";

    private final TaskDao tasks;
    private final CallbackAttempts callbackAttempts;
    private final Clock clock;

    DeliveryController(TaskDao tasks, CallbackAttempts callbackAttempts, Clock clock) {
        this.tasks = tasks;
        this.callbackAttempts = callbackAttempts;
        this.clock = clock;
    }

    /**
     * The delivery of a task's callback as JSON; what does not apply is left out.
     *
     * @param delivery pending, delivered, undelivered, or none if there is nothing to deliver
     * @param host of the receiver, without the rest of its address, which may have secrets
     * @param nextAttemptAt moment before which it is not sent again, if it will be
     * @param attempts oldest first
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DeliveryView(
            String taskId,
            int generation,
            String delivery,
            @Nullable String host,
            @Nullable Instant deliveredAt,
            @Nullable Instant nextAttemptAt,
            @Nullable Instant resendRequestedAt,
            List<AttemptView> attempts) {

        static DeliveryView of(Task task, List<CallbackAttempt> attempts, Instant now) {
            return new DeliveryView(
                    task.id().toString(),
                    task.generation(),
                    task.deliveryState(now).map(DeliveryState::code).orElse(NONE),
                    task.submission().callbackUrl().map(URI::getHost).orElse(null),
                    task.delivery().deliveredAt(),
                    CallbackAttempts.next(task, attempts).orElse(null),
                    task.delivery().resendRequestedAt(),
                    attempts.stream().map(AttemptView::of).toList());
        }
    }

    /**
     * One attempt as JSON; what does not apply is left out.
     *
     * @param at when it began
     * @param reason code of the reason why it failed
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AttemptView(
            int generation,
            int number,
            Instant at,
            long durationMs,
            boolean delivered,
            @Nullable Integer status,
            @Nullable String reason) {

        static AttemptView of(CallbackAttempt attempt) {
            return new AttemptView(
                    attempt.generation(),
                    attempt.number(),
                    attempt.at(),
                    attempt.took().toMillis(),
                    attempt.delivered(),
                    attempt.status(),
                    attempt.failure().map(Reason::code).orElse(null));
        }
    }

    /** The delivery of the callback of a task. A task of another tenant is not found. */
    @GetMapping("/v1/tasks/{id}/callback")
    DeliveryView delivery(@RequiresScope(Scope.READ) ApiClient client, @PathVariable("id") String id) {
        Task task = tasks.find(TaskIds.parse(id))
                .filter(found -> found.visibleTo(client.tenant()))
                .orElseThrow(TaskIds::notFound);
        return DeliveryView.of(task, callbackAttempts.of(task.id()), clock.instant());
    }
}
