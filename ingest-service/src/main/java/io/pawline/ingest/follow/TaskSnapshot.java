package io.pawline.ingest.follow;

import io.pawline.schemas.Stage;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds a task and the stages that it has reached, as one answer shows them.
 *
 * @param reached the stages that its present generation has reached, in the order of the
 *     pipeline
 */
public record TaskSnapshot(Task task, List<StageReached> reached) {

    public TaskSnapshot {
        Objects.requireNonNull(task, "task");
        reached = List.copyOf(reached);
    }

    /** The newest stage that the task has reached. */
    public Stage stage() {
        if (task.finalState().isPresent()) {
            return Stage.CALLBACK;
        }
        return reached.isEmpty() ? Stage.DETECT : reached.getLast().stage();
    }

    /** The newest stage that the task has reached and when; empty if it is in the first, or has ended. */
    public Optional<StageReached> newest() {
        return reached.isEmpty() || task.finalState().isPresent() ? Optional.empty() : Optional.of(reached.getLast());
    }
}
