package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** How far many tasks are, in one query. Thread-safe. */
public final class TaskVersions {

    private static final String MARKS = """
            select id, generation, state <> 'accepted' as ended,
                (select count(*) from task_progress
                 where task_id = task.id and task_progress.generation = task.generation) as stages
            from task where id = any(:ids)
            """;

    private final TaskDatabase database;

    public TaskVersions(TaskDatabase database) {
        this.database = database;
    }

    /**
     * How far a task is: two marks of it differ when there is something new to tell.
     *
     * @param stages how many stages are known to have been reached
     */
    public record TaskVersion(int generation, int stages, boolean ended) {}

    /**
     * The marks of those of these tasks that there are.
     *
     * @throws DatabaseUnavailableException when the database is lost
     */
    public Map<TaskId, TaskVersion> of(Collection<TaskId> tasks) {
        Map<TaskId, TaskVersion> marks = new HashMap<>();
        database.with(handle -> {
            handle.createQuery(MARKS)
                    .bindArray(
                            "ids", UUID.class, tasks.stream().map(TaskId::value).toList())
                    .map((row, _) -> marks.put(
                            new TaskId(row.getObject("id", UUID.class)),
                            new TaskVersion(row.getInt("generation"), row.getInt("stages"), row.getBoolean("ended"))))
                    .list();
            return marks;
        });
        return marks;
    }
}
