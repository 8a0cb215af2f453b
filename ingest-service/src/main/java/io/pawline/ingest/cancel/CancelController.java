package io.pawline.ingest.cancel;

import io.pawline.images.ImageStore;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.task.TaskIds;
import io.pawline.ingest.task.TaskView;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.CloseResult;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.time.Clock;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves {@code /v1/tasks/{id}/cancel}: cancels a task. */
@RestController
final class CancelController {

    private final TaskCancel cancel;
    private final ImageStore images;
    private final Clock clock;

    CancelController(TaskCancel cancel, ImageStore images, Clock clock) {
        this.cancel = cancel;
        this.images = images;
        this.clock = clock;
    }

    /**
     * Gives the same answer whether this request or an earlier one cancelled the task: the earlier answer may be lost.
     */
    @PostMapping("/v1/tasks/{id}/cancel")
    TaskView cancel(@RequiresScope(Scope.SUBMIT) ApiClient client, @PathVariable("id") String id) {
        Task task = cancel.cancel(TaskIds.parse(id), client.tenant())
                .map(CloseResult::task)
                .orElseThrow(TaskIds::notFound);
        if (task.state() != TaskState.CANCELLED) {
            throw new ProblemException(
                    IngestProblem.TASK_FINISHED,
                    "the task has ended as %s, which is final"
                            .formatted(task.state().code()));
        }
        return TaskView.of(task, Stage.CALLBACK, images, clock.instant());
    }
}
