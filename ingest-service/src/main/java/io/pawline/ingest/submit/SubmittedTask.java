package io.pawline.ingest.submit;

import io.pawline.schemas.TaskId;
import java.util.Objects;

/**
 * Holds the task that a submission led to.
 *
 * @param repeated whether the same request came before under the same key
 * @param collapsed whether the task was running already
 */
public record SubmittedTask(TaskId task, boolean repeated, boolean collapsed) {

    public SubmittedTask {
        Objects.requireNonNull(task, "task");
    }
}
