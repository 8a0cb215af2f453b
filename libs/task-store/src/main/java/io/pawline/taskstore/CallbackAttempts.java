package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.nullableInstant;
import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest attempts to deliver the callbacks of each task. They are for people only: nothing is decided by
 * them. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class CallbackAttempts {

    /** Attempts kept of one task, the newest ones. */
    public static final int MOST = 20;

    /** Time for which an attempt is kept at most. */
    public static final Duration KEPT = Duration.ofDays(30);

    private static final Logger log = LoggerFactory.getLogger(CallbackAttempts.class);

    /** Rows deleted by one statement, so that none takes long. */
    private static final int DELETED_AT_ONCE = 5_000;

    // An attempt that comes again, since nobody knows whether it was committed, is there already.
    private static final String INSERT = """
            insert into callback_attempt (task_id, generation, number, at, duration_ms, status, reason, next_at)
            values (:task, :generation, :number, :at, :took, :status, :reason, :next)
            on conflict do nothing
            """;

    private static final String TRIM = """
            delete from callback_attempt old using unnest(:tasks) as written (id)
            where old.task_id = written.id and (old.generation, old.number, old.at) < (
                select generation, number, at from callback_attempt
                where task_id = written.id
                order by generation desc, number desc, at desc offset :most - 1 limit 1)
            """;

    private static final String NEWEST = """
            select * from callback_attempt where task_id = :task
            order by generation desc, number desc, at desc limit :most
            """;

    private static final String DELETE_OLD = """
            delete from callback_attempt where ctid = any(array(
                select ctid from callback_attempt where at < :before limit :most for update skip locked))
            """;

    private final TaskDatabase database;

    public CallbackAttempts(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Writes attempts in one transaction. The same attempt may be written twice. It takes about a second at most, and
     * its failure does not count as a lost database for anybody else.
     */
    public void write(List<CallbackAttempt> attempts) {
        database.aside(handle -> {
            PreparedBatch batch = handle.prepareBatch(INSERT);
            for (CallbackAttempt attempt : attempts) {
                batch.bind("task", attempt.taskId().value())
                        .bind("generation", attempt.generation())
                        .bind("number", attempt.number())
                        .bind("at", timestamp(attempt.at()))
                        .bind("took", attempt.took().toMillis())
                        .bind("status", attempt.status())
                        .bind("reason", attempt.failure().map(Reason::code))
                        .bind("next", attempt.next().map(TaskRow::timestamp))
                        .add();
            }
            batch.execute();
            return handle.createUpdate(TRIM)
                    .bindArray(
                            "tasks",
                            UUID.class,
                            attempts.stream()
                                    .map(attempt -> attempt.taskId().value())
                                    .distinct()
                                    .toList())
                    .bind("most", MOST)
                    .execute();
        });
    }

    /** The newest attempts of a task, oldest first. A row that cannot be read is left out. */
    public List<CallbackAttempt> of(TaskId task) {
        return database
                .with(handle -> handle.createQuery(NEWEST)
                        .bind("task", task.value())
                        .bind("most", MOST)
                        .map(CallbackAttempts::readable)
                        .list())
                .reversed()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * The moment before which the callback of a task is not sent again.
     *
     * @param attempts of this task, oldest first
     * @return empty if it is not to be sent, or if nobody knows when
     */
    public static Optional<Instant> next(Task task, List<CallbackAttempt> attempts) {
        Delivery delivery = task.delivery();
        // A request to send it again is granted within seconds, so the moment of the schedule does not hold
        if (attempts.isEmpty() || !delivery.owed() || delivery.resendRequestedAt() != null) {
            return Optional.empty();
        }
        CallbackAttempt newest = attempts.getLast();
        return newest.generation() == task.generation() ? newest.next() : Optional.empty();
    }

    /**
     * Deletes the attempts that were made longer than {@link #KEPT} ago.
     *
     * @return how many
     */
    public int deleteOld(Instant now) {
        int all = 0;
        int deleted;
        do {
            deleted = database.aside(handle -> handle.createUpdate(DELETE_OLD)
                    .bind("before", timestamp(now.minus(KEPT)))
                    .bind("most", DELETED_AT_ONCE)
                    .execute());
            all += deleted;
        } while (deleted == DELETED_AT_ONCE);
        return all;
    }

    private static Optional<CallbackAttempt> readable(ResultSet row, StatementContext context) throws SQLException {
        try {
            return Optional.of(read(row));
        } catch (RuntimeException unreadable) {
            log.error(
                    "an attempt to deliver the callback of task {} cannot be read",
                    row.getString("task_id"),
                    unreadable);
            return Optional.empty();
        }
    }

    private static CallbackAttempt read(ResultSet row) throws SQLException {
        return new CallbackAttempt(
                new TaskId(row.getObject("task_id", UUID.class)),
                row.getInt("generation"),
                row.getInt("number"),
                timestamp(Objects.requireNonNull(nullableInstant(row, "at"))).toInstant(),
                Duration.ofMillis(row.getLong("duration_ms")),
                row.getObject("status", Integer.class),
                TaskRow.reason(row.getString("reason")),
                nullableInstant(row, "next_at"));
    }
}
