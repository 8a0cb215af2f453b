package io.pawline.taskstore;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.Objects;

/** Says that a task has reached a stage, and when its record entered the topic of that stage. */
public record StageReached(TaskId taskId, int generation, Stage stage, Instant at) {
    public StageReached {
        Objects.requireNonNull(taskId, "taskId");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(at, "at");
    }
}
