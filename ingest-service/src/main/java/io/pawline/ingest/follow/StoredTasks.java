package io.pawline.ingest.follow;

import static java.util.stream.Collectors.groupingBy;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.ProgressDao;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskVersions;
import io.pawline.taskstore.TaskVersions.TaskVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The tasks of the database, as those who wait for them want them. */
public record StoredTasks(TaskVersions marks, TaskDao tasks, ProgressDao progress) implements TaskSubscriptions.Tasks {

    @Override
    public Map<TaskId, TaskVersion> marks(Collection<TaskId> ids) {
        return marks.of(ids);
    }

    @Override
    public List<TaskSnapshot> news(Collection<TaskId> ids) {
        Map<TaskId, List<StageReached>> reached = progress.of(ids).stream().collect(groupingBy(StageReached::taskId));
        return tasks.find(ids).stream()
                .map(task -> new TaskSnapshot(
                        task,
                        reached.getOrDefault(task.id(), List.of()).stream()
                                .filter(stage -> stage.generation() == task.generation())
                                .toList()))
                .toList();
    }
}
