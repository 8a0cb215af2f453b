package io.pawline.ingest.cancel;

import io.pawline.images.ImageStore;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.follow.TaskView;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.submit.TaskController;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.CloseResult;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskState;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/tasks/{id}/cancel}: a task that is no longer wanted. */
@RestController
final class CancelController {

    private final TaskCancel cancel;
    private final ImageStore images;

    CancelController(TaskCancel cancel, ImageStore images) {
        this.cancel = cancel;
        this.images = images;
    }

    /** Cancelled by this request or by an earlier one is the same to the caller, who may not have had the answer. */
    @PostMapping("/v1/tasks/{id}/cancel")
    TaskView cancel(@RequiresScope(Scope.SUBMIT) ApiClient tenant, @PathVariable("id") String id) {
        Task task = cancel.cancel(TaskController.parse(id), tenant.tenant())
                .map(CloseResult::task)
                .orElseThrow(TaskController::notFound);
        if (task.state() != TaskState.CANCELLED) {
            throw new ProblemException(
                    IngestProblem.TASK_FINISHED,
                    "the task has ended as %s, which is final"
                            .formatted(task.state().code()));
        }
        return TaskView.of(task, Stage.CALLBACK, images);
    }
}
