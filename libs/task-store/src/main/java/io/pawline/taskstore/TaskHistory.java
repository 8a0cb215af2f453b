package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Keeps the history of tasks to its time: makes the partitions of the next weeks, and drops those whose tasks are all
 * older than the retention. A month goes as a whole, so a task is kept up to a month longer. Several processes may do so
 * at once. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class TaskHistory {

    /** So far ahead there are partitions after each round. */
    private static final Duration AHEAD = Duration.ofDays(62);

    private static final String FORMER_IS_OLD = """
            select coalesce((select task_id from task_progress order by task_id desc limit 1) < :bound, false)
            """;

    private final TaskDatabase database;
    private final Partitions tasks;
    /** Tables that are divided as the tasks are, and the tasks themselves as the last. */
    private final List<Partitions> tables;

    private final Duration retention;
    private final Clock clock;

    /** @param retention how long a task is kept after its acceptance, at least */
    public TaskHistory(TaskDatabase database, Duration retention, Clock clock) {
        this.database = database;
        this.tasks = byTask(database, "task", "");
        this.tables = List.of(byTask(database, "task_reached", "fillfactor = 70"), tasks);
        this.retention = retention;
        this.clock = clock;
    }

    private static Partitions byTask(TaskDatabase database, String table, String options) {
        return new Partitions(
                database, new Partitions.Layout(table, Partitions.Key.TASK_ID, Partitions.Length.WEEK, options));
    }

    /** Makes the partitions that tasks of the next two months need. */
    public void makeAhead() {
        Instant now = clock.instant();
        tables.forEach(table -> table.make(now, now.plus(AHEAD)));
    }

    /**
     * Drops what is older than the retention.
     *
     * @return how many partitions
     */
    public int dropOld() {
        Instant before = clock.instant().minus(retention);
        int dropped = tables.stream().mapToInt(table -> table.drop(before)).sum();
        emptyFormerProgress(before);
        return dropped;
    }

    /** The time for which tasks can be accepted from now on, if no further partition is made. */
    public Duration ahead() {
        return tasks.ahead(clock.instant());
    }

    /** Empties the table in which an earlier version noted stages, once all its tasks are old. */
    private void emptyFormerProgress(Instant before) {
        boolean over = database.upkeep(handle -> handle.createQuery(FORMER_IS_OLD)
                .bind("bound", TaskId.bound(before).value())
                .mapTo(Boolean.class)
                .one());
        if (over) {
            database.aside(handle -> handle.execute("truncate task_progress"));
        }
    }
}
