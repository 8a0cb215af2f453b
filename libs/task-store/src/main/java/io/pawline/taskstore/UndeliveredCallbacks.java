package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Lists undelivered callbacks, notes requests to send them again, and puts them back to work. Several processes may put
 * back at once; each takes rows that no other has. Thread-safe.
 *
 * <p>A callback is undelivered if an attempt to deliver it has failed, or if {@link Delivery#PENDING_TIME} has passed
 * since the final state. Before that it is pending. {@link Task#deliveryState} says the same of one task.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class UndeliveredCallbacks {

    // The conditions of the partial indexes, word for word.
    private static final String OWED = "ended_at is not null and delivered_at is null and callback_url is not null";

    /** No id is greater. */
    private static final UUID FIRST_PAGE = new UUID(-1, -1);

    private static final String REQUEST = """
            update task set resend_requested_at = :at, requeued_at = null
            where id = :id and tenant = :tenant and ended_at is not null and callback_url is not null
            returning *
            """;

    private static final String FIND = "select * from task where id = :id and tenant = :tenant and erased_at is null";

    private static final String REQUESTED = """
            select * from task
            where resend_requested_at is not null and requeued_at is null
                and ended_at is not null and callback_url is not null
            order by resend_requested_at limit :limit for update skip locked
            """;

    private static final String FORGOTTEN = """
            select * from task
            where ended_at is not null and delivered_at is null and callback_url is not null
                and ended_at >= :from and ended_at < :before
                and greatest(ended_at, delivery_attempted_at, requeued_at) < :before
                and (delivery_reason is null or delivery_reason <> all(:final))
            order by ended_at limit :limit for update skip locked
            """;

    private static final String REQUEUED = "update task set requeued_at = :at where id = any(:ids)";

    private static final List<String> FINAL_REASONS = Arrays.stream(Reason.values())
            .filter(reason -> reason.kind() == Reason.Kind.PERMANENT)
            .map(Reason::code)
            .toList();

    private final TaskDatabase database;

    public UndeliveredCallbacks(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Takes tasks whose callbacks are to be sent, and returns when they surely are in the topic of the callback stage.
     */
    @FunctionalInterface
    public interface Receiver {

        /**
         * Takes the tasks. A task of which no record can be made is left out.
         *
         * @throws RuntimeException if one of the others may not have arrived; then all of them come again
         */
        void take(List<Task> tasks) throws InterruptedException;
    }

    /**
     * The undelivered callbacks of a tenant, newest task first.
     *
     * @param after the last task of the page before; null: the first page
     * @param limit tasks on a page, 1 or more
     */
    public List<Task> page(String tenant, @Nullable TaskId after, int limit, Instant now) {
        // Each half has an index of its own that leads straight to its newest rows. Why the limit is text: TaskListing
        String sql = """
                select * from (
                    (select * from task
                    where tenant = :tenant and id < :before and %1$s and delivery_attempted_at is not null
                    order by id desc limit %2$d)
                    union all
                    (select * from task
                    where tenant = :tenant and id < :before and %1$s and delivery_attempted_at is null
                        and ended_at < :waitedSince
                    order by id desc limit %2$d)) undelivered
                order by id desc limit %2$d
                """.formatted(OWED, limit);
        return database.list(handle -> {
            HistoryPlans.useKept(handle);
            return handle.createQuery(sql)
                    .bind("tenant", tenant)
                    .bind("before", after == null ? FIRST_PAGE : after.value())
                    .bind("waitedSince", timestamp(now.minus(Delivery.PENDING_TIME)))
                    .map(new TaskRow())
                    .list();
        });
    }

    /**
     * Asks for the callback of a task to be sent once more, whether or not it is delivered. Nothing changes if the task
     * has no final state yet, or no callback.
     *
     * @return the row afterwards; empty if the tenant has no such task
     */
    public Optional<Task> resend(TaskId id, String tenant, Instant at) {
        return database.with(handle -> {
            Optional<Task> requested = handle.createQuery(REQUEST)
                    .bind("id", id.value())
                    .bind("tenant", tenant)
                    .bind("at", timestamp(at))
                    .map(new TaskRow())
                    .findOne();
            return requested.isPresent()
                    ? requested
                    : handle.createQuery(FIND)
                            .bind("id", id.value())
                            .bind("tenant", tenant)
                            .map(new TaskRow())
                            .findOne();
        });
    }

    /**
     * Puts final states back to work for which somebody asked.
     *
     * @return how many
     */
    public int putBackRequested(int limit, Instant now, Receiver receiver) throws InterruptedException {
        return database.inTransaction(handle -> putBack(
                handle,
                handle.createQuery(REQUESTED)
                        .bind("limit", limit)
                        .map(UndeliveredCallbacks::selected)
                        .list(),
                now,
                receiver));
    }

    /**
     * Puts final states back to work on which no process can be working any more; not those that their receiver has
     * refused for good.
     *
     * @param from tasks that ended before this moment are left alone
     * @param before no process works on a row that was last changed before this moment
     * @return how many
     */
    public int putBackForgotten(int limit, Instant from, Instant before, Instant now, Receiver receiver)
            throws InterruptedException {
        return database.inTransaction(handle -> putBack(
                handle,
                handle.createQuery(FORGOTTEN)
                        .bind("from", timestamp(from))
                        .bind("before", timestamp(before))
                        .bindArray("final", String.class, FINAL_REASONS)
                        .bind("limit", limit)
                        .map(UndeliveredCallbacks::selected)
                        .list(),
                now,
                receiver));
    }

    /** A row to put back. One that cannot be read has no task, so that it holds up no other. */
    private record Selected(UUID id, Optional<Task> task) {}

    private static Selected selected(ResultSet row, StatementContext context) throws SQLException {
        return new Selected(row.getObject("id", UUID.class), TaskRow.readable(row, context));
    }

    private static int putBack(Handle handle, List<Selected> rows, Instant now, Receiver receiver)
            throws InterruptedException {
        List<Task> tasks =
                rows.stream().map(Selected::task).flatMap(Optional::stream).toList();
        if (!tasks.isEmpty()) {
            receiver.take(tasks);
        }
        if (!rows.isEmpty()) {
            handle.createUpdate(REQUEUED)
                    .bind("at", timestamp(now))
                    .bindArray(
                            "ids", UUID.class, rows.stream().map(Selected::id).toList())
                    .execute();
        }
        return rows.size();
    }
}
