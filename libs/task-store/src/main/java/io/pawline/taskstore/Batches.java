package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Opens batches, counts and lists their tasks, and cancels them. Each method costs by the tasks of the batch.
 * Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class Batches {

    private static final String LAPSE = """
            update batch set key = null where tenant = :tenant and key = :key and created_at < :lapsed
            """;

    // Waits for another transaction that is inserting the same key
    private static final String INSERT = """
            insert into batch (id, tenant, key, created_at) values (:id, :tenant, :key, :now)
            on conflict (tenant, key) where key is not null do nothing
            """;

    private static final String OF_KEY = "select id from batch where tenant = :tenant and key = :key";

    // No task of a batch has a smaller id, so the database need not look among older tasks.
    private static final String OF_BATCH = "batch_id = :batch and id >= :batch and erased_at is null";

    private static final String COUNTS =
            "select state, count(*) as tasks from task where %s group by state".formatted(OF_BATCH);

    private static final String PAGE =
            "select * from task where %s and id > :after order by id limit :limit".formatted(OF_BATCH);

    private static final String OPEN =
            "select id from task where %s and state = 'accepted' order by id".formatted(OF_BATCH);

    private final TaskDatabase database;

    public Batches(TaskDatabase database) {
        this.database = database;
    }

    /**
     * A batch, and how many of its tasks are in each state; a state without tasks is left out, and so are tasks that
     * have been deleted.
     */
    public record Batch(BatchId id, Instant createdAt, Map<TaskState, Integer> tasks) {
        public Batch {
            tasks = Map.copyOf(tasks);
        }
    }

    /**
     * Opens a batch, or finds the one that the same key has opened.
     *
     * @param key the idempotency key of the request; null: none
     * @param lapsed a key that was first seen before this moment is free again
     */
    public BatchId open(String tenant, @Nullable String key, Instant lapsed, Instant now) {
        return database.inTransaction(handle -> {
            BatchId batch = BatchId.next();
            if (key != null) {
                handle.createUpdate(LAPSE)
                        .bind("tenant", tenant)
                        .bind("key", key)
                        .bind("lapsed", timestamp(lapsed))
                        .execute();
            }
            int inserted = handle.createUpdate(INSERT)
                    .bind("id", batch.value())
                    .bind("tenant", tenant)
                    .bind("key", key)
                    .bind("now", timestamp(now))
                    .execute();
            return inserted == 1 ? batch : ofKey(handle, tenant, key);
        });
    }

    private static BatchId ofKey(Handle handle, String tenant, @Nullable String key) {
        return new BatchId(handle.createQuery(OF_KEY)
                .bind("tenant", tenant)
                .bind("key", key)
                .mapTo(UUID.class)
                .one());
    }

    /** The batch of this id; empty if the tenant has none. */
    public Optional<Batch> find(BatchId id, String tenant) {
        return database.with(handle -> handle.createQuery(
                        "select created_at from batch where id = :batch and tenant = :tenant")
                .bind("batch", id.value())
                .bind("tenant", tenant)
                .map((row, _) -> TaskRow.instant(row, "created_at"))
                .findOne()
                .map(createdAt -> new Batch(id, createdAt, counts(handle, id))));
    }

    private static Map<TaskState, Integer> counts(Handle handle, BatchId id) {
        Map<TaskState, Integer> counts = new EnumMap<>(TaskState.class);
        handle.createQuery(COUNTS)
                .bind("batch", id.value())
                .map((row, _) -> counts.put(TaskState.ofCode(row.getString("state")), row.getInt("tasks")))
                .list();
        return counts;
    }

    /**
     * A page of the tasks of a batch, in the order in which they were accepted.
     *
     * @param after the last task of the page before; null: the first page
     * @param limit tasks on a page, 1 or more
     */
    public List<Task> page(BatchId id, @Nullable TaskId after, int limit) {
        return database.list(handle -> handle.createQuery(PAGE)
                .bind("batch", id.value())
                .bind("after", after == null ? id.value() : after.value())
                .bind("limit", limit)
                .map(new TaskRow())
                .list());
    }

    /** The tasks of a batch that have no final state, in the order in which they were accepted. */
    public List<TaskId> open(BatchId id) {
        return database.with(handle -> handle.createQuery(OPEN)
                .bind("batch", id.value())
                .mapTo(UUID.class)
                .map(TaskId::new)
                .list());
    }

    /** Forgets the batches of which no task can be left, those opened before this moment; returns how many. */
    public int forget(Instant before) {
        return database.with(handle -> handle.createUpdate("delete from batch where created_at < :before")
                .bind("before", timestamp(before))
                .execute());
    }
}
