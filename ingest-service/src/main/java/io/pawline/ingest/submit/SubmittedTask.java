package io.pawline.ingest.submit;

import io.pawline.schemas.TaskId;
import java.util.Objects;

/**
 * What a submission came to.
 *
 * @param repeated whether its key had been used for it before
 * @param collapsed whether the task was running already
 */
public record SubmittedTask(TaskId task, boolean repeated, boolean collapsed) {

    public SubmittedTask {
        Objects.requireNonNull(task, "task");
    }
}
