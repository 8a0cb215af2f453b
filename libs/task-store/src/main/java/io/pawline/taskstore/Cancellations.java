package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Cancels tasks in their rows, and remembers which cancellations the stages have to be notified of. The row decides: a
 * task is cancelled exactly when this class has written it, and then no other final state follows. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class Cancellations {

    // A task that is held is held no longer, so that the relay passes on its final state.
    private static final String CANCEL = """
            update task set state = 'cancelled', ended_at = :at, reason = :reason, cancel_untold = true,
                relayed_at = nullif(relayed_at, 'infinity')
            where id = :id and tenant = :tenant and state = 'accepted'
            returning *
            """;

    // Locked in one order, so that two requests for the same tasks do not wait for each other.
    private static final String CANCEL_ALL = """
            with open as (
                select id from task where id = any(:ids) and tenant = :tenant and state = 'accepted'
                order by id for update)
            update task set state = 'cancelled', ended_at = :at, reason = :reason, cancel_untold = true,
                relayed_at = nullif(relayed_at, 'infinity')
            where id = any(array(select id from open)) and state = 'accepted'
            """;

    private static final String UNPUBLISHED = """
            select * from task where cancel_untold order by id limit :limit
            """;

    private static final String PUBLISHED = """
            update task set cancel_untold = false, cancel_standing = true where id = :id
            """;

    private static final String OBSOLETE = """
            select id from task where cancel_standing and deadline < :before order by deadline limit :limit
            """;

    private final TaskDatabase database;

    public Cancellations(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Writes that a task is cancelled, unless it has a final state.
     *
     * @return the row afterwards, and whether this call closed it; empty if the tenant has no such task
     */
    public Optional<CloseResult> cancel(TaskId id, String tenant, Instant at) {
        return database.inTransaction(handle -> cancel(handle, id, tenant, at));
    }

    /** Does the same in the transaction of this handle. */
    public static Optional<CloseResult> cancel(Handle handle, TaskId id, String tenant, Instant at) {
        // A relay holds the locks of its rows while it waits for a Kafka that is away.
        handle.execute("set local lock_timeout = '5s'");
        Optional<Task> cancelled = handle.createQuery(CANCEL)
                .bind("id", id.value())
                .bind("tenant", tenant)
                .bind("at", timestamp(at))
                .bind("reason", Reason.CANCELLED.code())
                .map(new TaskRow())
                .findOne();
        return cancelled.isPresent()
                ? cancelled.map(task -> new CloseResult(task, true))
                : find(handle, id, tenant).map(task -> new CloseResult(task, false));
    }

    /**
     * Writes that tasks are cancelled, in one transaction. Those that have a final state, or are another tenant's, stay
     * as they are.
     *
     * @return how many this call closed
     */
    public int cancelAll(Collection<TaskId> ids, String tenant, Instant at) {
        return database.inTransaction(handle -> {
            handle.execute("set local lock_timeout = '5s'");
            return handle.createUpdate(CANCEL_ALL)
                    .bindArray(
                            "ids", UUID.class, ids.stream().map(TaskId::value).toList())
                    .bind("tenant", tenant)
                    .bind("at", timestamp(at))
                    .bind("reason", Reason.CANCELLED.code())
                    .execute();
        });
    }

    private static Optional<Task> find(Handle handle, TaskId id, String tenant) {
        return handle.createQuery("select * from task where id = :id and tenant = :tenant and erased_at is null")
                .bind("id", id.value())
                .bind("tenant", tenant)
                .map(new TaskRow())
                .findOne();
    }

    /** The cancelled tasks that are not published to the stages yet, oldest first. */
    public List<Task> unpublished(int limit) {
        return database.with(handle -> handle.createQuery(UNPUBLISHED)
                .bind("limit", limit)
                .map(new TaskRow())
                .list());
    }

    /** Notes that a cancellation is published, and so has to be withdrawn one day. */
    public void markPublished(TaskId id) {
        execute(PUBLISHED, id);
    }

    /** The tasks with a published cancellation whose deadline was before this moment, the earliest first. */
    public List<TaskId> obsolete(Instant before, int limit) {
        return database.with(handle -> handle.createQuery(OBSOLETE)
                .bind("before", timestamp(before))
                .bind("limit", limit)
                .mapTo(UUID.class)
                .map(TaskId::new)
                .list());
    }

    /** Notes that a cancellation is withdrawn. */
    public void markWithdrawn(TaskId id) {
        execute("update task set cancel_standing = false where id = :id", id);
    }

    private void execute(String update, TaskId id) {
        database.with(
                handle -> handle.createUpdate(update).bind("id", id.value()).execute());
    }
}
