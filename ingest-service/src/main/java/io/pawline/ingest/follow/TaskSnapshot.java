package io.pawline.ingest.follow;

import io.pawline.schemas.Stage;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import java.util.List;
import java.util.Objects;

/**
 * What there is to tell of a task.
 *
 * @param reached the stages that its present generation has reached, in the order of the pipeline
 */
public record TaskSnapshot(Task task, List<StageReached> reached) {

    public TaskSnapshot {
        Objects.requireNonNull(task, "task");
        reached = List.copyOf(reached);
    }

    /** The newest stage. */
    public Stage stage() {
        if (task.ending().isPresent()) {
            return Stage.CALLBACK;
        }
        return reached.isEmpty() ? Stage.DETECT : reached.getLast().stage();
    }
}
