package io.pawline.ingest.erase;

import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.retention.Erasure;
import io.pawline.ingest.task.TaskIds;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Scope;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Serves {@code DELETE /v1/tasks/{id}}: deletes a task that has ended, with its photo and its pictures. */
@RestController
final class EraseController {

    private static final Logger log = LoggerFactory.getLogger(EraseController.class);

    private final Erasure erasure;

    EraseController(Erasure erasure) {
        this.erasure = erasure;
    }

    /** A repeated request gets the same answer as the first one. */
    @DeleteMapping("/v1/tasks/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void erase(@RequiresScope(Scope.SUBMIT) ApiClient client, @PathVariable("id") String text) {
        TaskId id = TaskIds.parse(text);
        switch (erasure.erase(id, client.tenant())) {
            case UNKNOWN -> throw TaskIds.notFound();
            case OPEN ->
                throw new ProblemException(
                        IngestProblem.TASK_NOT_FINISHED,
                        "the task is still processing: cancel it first, or wait until it has ended");
            case ERASED -> log.info("Key {} has deleted task {}", client.client(), id);
        }
    }
}
