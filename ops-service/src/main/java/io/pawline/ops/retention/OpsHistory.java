package io.pawline.ops.retention;

import io.pawline.taskstore.Partitions;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Handle;

/**
 * Keeps the history of dead letters, replays, the audit and the sums of reports to its time. Several processes may do so at once.
 * Thread-safe.
 *
 * <p>The audit goes month by month. Dead letters go some at a time, since they are few beside the tasks, and since their
 * age alone does not say that nobody works with them.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class OpsHistory {

    /** So far ahead there are partitions after each round. */
    private static final Duration AHEAD = Duration.ofDays(62);

    /** Dead letters deleted by one statement, so that none takes long. */
    private static final int AT_ONCE = 500;

    /** A young replay of which not all is known yet needs its dead letters. */
    private static final String DELETE_DEAD_LETTERS = """
            with old as (
                select id from dead_letter where failed_at < :before and state <> 'replaying'
                    and not exists (select from replay_letter join replay on replay.id = replay_id
                        where letter_id = dead_letter.id and replay.tally is null and replay.created_at >= :before)
                order by failed_at limit :most for update skip locked
            ), parts as (
                delete from replay_letter using old where letter_id = old.id
            )
            delete from dead_letter using old where dead_letter.id = old.id
            """;

    /** A replay of tasks has no dead letters with which its parts would go. */
    private static final String DELETE_PARTS = """
            delete from replay_letter using replay where replay.id = replay_id and letter_id is null
                and replay.tally is not null and replay.created_at < :before
            """;

    /** The dead letters of a plan so old are gone. */
    private static final String DELETE_PLANS = "delete from replay_plan where created_at < :before";

    private static final String DELETE_REPLAYS = """
            delete from replay where created_at < :before and state in ('done', 'aborted')
                and not exists (select from replay_letter where replay_id = replay.id)
            """;

    /** With their notifications. What still fires has not ended. */
    private static final String DELETE_ALERTS = "delete from alert_history where ended_at < :before";

    private static final String DELETE_ROLLUPS = "delete from report_rollup where quarter < :before";
    private static final String DELETE_MARKS = "delete from report_rollup_stale where quarter < :before";

    private final TaskDatabase database;
    private final Partitions audit;
    private final OpsRetentionProperties retention;
    private final Clock clock;

    OpsHistory(TaskDatabase database, OpsRetentionProperties retention, Clock clock) {
        this.database = database;
        this.audit = new Partitions(
                database, new Partitions.Layout("audit", Partitions.Key.TIME, Partitions.Length.MONTH, ""));
        this.retention = retention;
        this.clock = clock;
    }

    /** Makes the partitions that are needed next. */
    void makeAhead() {
        Instant now = clock.instant();
        audit.make(now, now.plus(AHEAD));
    }

    /** Deletes what is older than the retention. */
    void deleteOld() {
        Instant now = clock.instant();
        while (deleteDeadLetters(now.minus(retention.deadLetters())) == AT_ONCE) {
            // There are more
        }
        Instant before = now.minus(retention.audit());
        database.inTransaction(handle -> execute(handle, DELETE_PARTS, now.minus(retention.deadLetters()))
                + execute(handle, DELETE_PLANS, now.minus(retention.deadLetters()))
                + execute(handle, DELETE_REPLAYS, before)
                + execute(handle, DELETE_ALERTS, before)
                + execute(handle, DELETE_ROLLUPS, now.minus(retention.rollups()))
                + execute(handle, DELETE_MARKS, now.minus(retention.rollups())));
        audit.drop(before);
    }

    private static int execute(Handle handle, String delete, Instant before) {
        return handle.createUpdate(delete)
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .execute();
    }

    private int deleteDeadLetters(Instant before) {
        return database.inTransaction(handle -> handle.createUpdate(DELETE_DEAD_LETTERS)
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .bind("most", AT_ONCE)
                .execute());
    }
}
