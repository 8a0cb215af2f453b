package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Reads the versions of many tasks in one query. Thread-safe. */
public final class TaskVersions {

    private static final String VERSIONS = """
            select id, generation, state <> 'accepted' as ended,
                (select count(*) from task_stage
                 where task_id = task.id and task_stage.generation = task.generation) as stages
            from task where id = any(:ids)
            """;

    private final TaskDatabase database;

    public TaskVersions(TaskDatabase database) {
        this.database = database;
    }

    /**
     * A short value that says how far a task is. Two versions differ if there is something new.
     *
     * @param stages number of stages that are known to be reached
     */
    public record TaskVersion(int generation, int stages, boolean ended) {}

    /**
     * The versions of those of these tasks that exist.
     *
     * @throws DatabaseUnavailableException when the database is lost
     */
    public Map<TaskId, TaskVersion> of(Collection<TaskId> tasks) {
        Map<TaskId, TaskVersion> versions = new HashMap<>();
        database.with(handle -> {
            handle.createQuery(VERSIONS)
                    .bindArray(
                            "ids", UUID.class, tasks.stream().map(TaskId::value).toList())
                    .map((row, _) -> versions.put(
                            new TaskId(row.getObject("id", UUID.class)),
                            new TaskVersion(row.getInt("generation"), row.getInt("stages"), row.getBoolean("ended"))))
                    .list();
            return versions;
        });
        return versions;
    }
}
