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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes the stages that each task has reached, in {@code task_reached}: one row for each generation of a task.
 * A stage that is added again keeps its first time. Those of a task that this database does not know are left out.
 * Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class ProgressDao {

    // A row is written for tasks of this database only: a record may name any id, and must hold up no other. In one
    // order for all writers, so that two batches with the same rows cannot lock each other out.
    private static final String ADD = """
            insert into task_reached as known (task_id, generation, generate_at, matting_at, finalize_at, callback_at)
            select told.* from jsonb_to_recordset(cast(:rows as jsonb)) as told (task_id uuid, generation int,
                generate timestamptz, matting timestamptz, finalize timestamptz, callback timestamptz)
            join task on task.id = told.task_id
            order by told.task_id, told.generation
            on conflict (task_id, generation) do update set
                generate_at = coalesce(known.generate_at, excluded.generate_at),
                matting_at = coalesce(known.matting_at, excluded.matting_at),
                finalize_at = coalesce(known.finalize_at, excluded.finalize_at),
                callback_at = coalesce(known.callback_at, excluded.callback_at)
            where (known.generate_at is null and excluded.generate_at is not null)
                or (known.matting_at is null and excluded.matting_at is not null)
                or (known.finalize_at is null and excluded.finalize_at is not null)
                or (known.callback_at is null and excluded.callback_at is not null)
            """;

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Comparator<StageReached> IN_ORDER = Comparator.comparing(StageReached::taskId)
            .thenComparingInt(StageReached::generation)
            .thenComparing(StageReached::stage);

    private final TaskDatabase database;

    public ProgressDao(TaskDatabase database) {
        this.database = database;
    }

    /** A run of a task: what has a row. */
    private record Run(TaskId task, int generation) {}

    /** Adds these stages in one transaction. Those of one run of a task are written together. */
    public void add(Collection<StageReached> stages) {
        if (stages.isEmpty()) {
            return;
        }
        Map<Run, Map<String, Object>> rows = new HashMap<>();
        for (StageReached reached : stages) {
            rows.computeIfAbsent(new Run(reached.taskId(), reached.generation()), ProgressDao::row)
                    .putIfAbsent(reached.stage().code(), timestamp(reached.at()).toString());
        }
        database.inTransaction(handle -> handle.createUpdate(ADD)
                .bind("rows", JSON.writeValueAsString(rows.values()))
                .execute());
    }

    private static Map<String, Object> row(Run run) {
        return new HashMap<>(Map.of("task_id", run.task().toString(), "generation", run.generation()));
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
        String query = "select task_id, generation, stage, reached_at from task_stage where task_id = any(:tasks)";
        return database.with(handle -> handle
                .createQuery(query)
                .bindArray(
                        "tasks", UUID.class, tasks.stream().map(TaskId::value).toList())
                .map((row, _) -> stageReached(row))
                .stream()
                .flatMap(Optional::stream)
                .sorted(IN_ORDER)
                .toList());
    }

    private static Optional<StageReached> stageReached(ResultSet row) throws SQLException {
        TaskId task = new TaskId(row.getObject("task_id", UUID.class));
        int generation = row.getInt("generation");
        Instant at = row.getObject("reached_at", OffsetDateTime.class).toInstant();
        return Stage.ofCode(row.getString("stage")).map(stage -> new StageReached(task, generation, stage, at));
    }
}
