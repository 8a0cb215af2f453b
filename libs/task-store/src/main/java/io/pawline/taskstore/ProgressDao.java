package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Reads and writes the rows of {@code task_progress}, the stages that each task has reached. Rows are only added. The
 * same row added again changes nothing. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class ProgressDao {

    private static final String ADD = """
            insert into task_progress (task_id, generation, stage, reached_at)
            values (:taskId, :generation, :stage, :reachedAt) on conflict do nothing
            """;

    // One order for all writers, so that two batches with the same rows cannot lock each other out.
    private static final Comparator<StageReached> LOCK_ORDER = Comparator.comparing(StageReached::taskId)
            .thenComparingInt(StageReached::generation)
            .thenComparing(StageReached::stage);

    private final TaskDatabase database;

    public ProgressDao(TaskDatabase database) {
        this.database = database;
    }

    /** Adds these rows in one transaction. */
    public void add(Collection<StageReached> stages) {
        if (stages.isEmpty()) {
            return;
        }
        database.inTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(ADD);
            stages.stream()
                    .sorted(LOCK_ORDER)
                    .forEach(reached -> batch.bind("taskId", reached.taskId().value())
                            .bind("generation", reached.generation())
                            .bind("stage", reached.stage().code())
                            .bind("reachedAt", timestamp(reached.at()))
                            .add());
            return batch.execute();
        });
    }

    /** The stages that this generation of a task has reached, in the order of the pipeline. */
    public List<StageReached> of(TaskId taskId, int generation) {
        return of(List.of(taskId)).stream()
                .filter(reached -> reached.generation() == generation)
                .toList();
    }

    /** The stages that these tasks have reached in any generation, task by task, in the order of the pipeline. */
    public List<StageReached> of(Collection<TaskId> tasks) {
        if (tasks.isEmpty()) {
            return List.of();
        }
        String query = "select task_id, generation, stage, reached_at from task_progress where task_id = any(:tasks)";
        return database.with(handle -> handle
                .createQuery(query)
                .bindArray(
                        "tasks", UUID.class, tasks.stream().map(TaskId::value).toList())
                .map((row, _) -> stageReached(row))
                .stream()
                .flatMap(Optional::stream)
                .sorted(LOCK_ORDER)
                .toList());
    }

    private static Optional<StageReached> stageReached(ResultSet row) throws SQLException {
        TaskId task = new TaskId(row.getObject("task_id", UUID.class));
        int generation = row.getInt("generation");
        Instant at = row.getObject("reached_at", OffsetDateTime.class).toInstant();
        return Stage.ofCode(row.getString("stage")).map(stage -> new StageReached(task, generation, stage, at));
    }
}
