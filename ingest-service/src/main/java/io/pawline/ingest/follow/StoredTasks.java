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

/** Reads the tasks that have subscriptions from the database. */
record StoredTasks(TaskVersions taskVersions, TaskDao tasks, ProgressDao progress) implements TaskSubscriptions.Tasks {

    @Override
    public Map<TaskId, TaskVersion> versions(Collection<TaskId> ids) {
        return taskVersions.of(ids);
    }

    @Override
    public List<TaskSnapshot> snapshots(Collection<TaskId> ids) {
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
