package io.pawline.ingest.task;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the newest stages that many tasks have reached, in one query. Thread-safe. */
public final class ReachedStages {

    private final ProgressDao progress;

    public ReachedStages(ProgressDao progress) {
        this.progress = progress;
    }

    /** The newest stage of each of these tasks that is open and has gone beyond the first stage. */
    public Map<TaskId, StageReached> of(Collection<Task> tasks) {
        Map<TaskId, Integer> open = new HashMap<>();
        tasks.stream()
                .filter(task -> task.finalState().isEmpty())
                .forEach(task -> open.put(task.id(), task.generation()));
        Map<TaskId, StageReached> reached = new HashMap<>();
        for (StageReached stage : progress.of(open.keySet())) {
            if (open.getOrDefault(stage.taskId(), 0) == stage.generation()) {
                reached.put(stage.taskId(), stage);
            }
        }
        return reached;
    }

    /** The stage to show for a task. */
    public static Stage shown(@Nullable StageReached newest) {
        return newest == null ? Stage.DETECT : newest.stage();
    }
}
