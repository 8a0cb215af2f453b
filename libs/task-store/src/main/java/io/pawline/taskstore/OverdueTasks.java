package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the open tasks whose deadline is past, and gives each to one reaper at a time. A task that was given comes
 * again after a while if it is still open, so a reaper that is killed loses none. All times are those of the database's
 * clock. The queries cost by the number of overdue tasks, because they read an index of open tasks only. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class OverdueTasks {

    private static final String OVERDUE = "state = 'accepted' and deadline < now() - make_interval(secs => :grace)";

    private static final String COUNT = "select count(*) from task where " + OVERDUE;

    // The claim is committed at once, so no row is locked while Kafka is slow. Those that were looked at before come
    // last, so that tasks that a stage still has hide no other. The array has the rows found by their key; a join with
    // some thousands would read the whole table.
    private static final String CLAIM = """
            with overdue as (
                select id from task where %s
                    and (reaped_at is null or reaped_at < now() - make_interval(secs => :again))
                order by reaped_at nulls first, deadline limit :limit for update skip locked)
            update task set reaped_at = now() where id = any(array(select id from overdue))
            returning id, coalesce(relayed_at < 'infinity', false) as relayed
            """.formatted(OVERDUE);

    private static final String STILL = "select * from task where id = any(:ids) and " + OVERDUE;

    private final TaskDatabase database;
    private final Duration grace;

    /** @param grace the time after its deadline from which an open task is overdue */
    public OverdueTasks(TaskDatabase database, Duration grace) {
        this.database = database;
        this.grace = grace;
    }

    /**
     * An overdue task.
     *
     * @param relayed whether the task is known to have reached Kafka
     */
    public record Overdue(TaskId id, boolean relayed) {
        public Overdue {
            Objects.requireNonNull(id, "id");
        }
    }

    /** The number of overdue tasks. */
    public long count() {
        return database.with(handle -> handle.createQuery(COUNT)
                .bind("grace", seconds(grace))
                .mapTo(Long.class)
                .one());
    }

    /**
     * Takes overdue tasks. Those come first that were never taken, and of these the earliest deadlines.
     *
     * @param again the time after which a task that was taken and is still open may be taken again
     * @param limit most tasks, 1 or more
     */
    public List<Overdue> claim(Duration again, int limit) {
        return database.inTransaction(handle -> handle.createQuery(CLAIM)
                .bind("grace", seconds(grace))
                .bind("again", seconds(again))
                .bind("limit", limit)
                .map((row, _) -> new Overdue(new TaskId(row.getObject("id", UUID.class)), row.getBoolean("relayed")))
                .list());
    }

    /** Those of these tasks that are overdue now. A row that cannot be read is logged and left out. */
    public List<Task> stillOverdue(Collection<TaskId> ids) {
        return database.with(handle -> handle
                .createQuery(STILL)
                .bindArray("ids", UUID.class, ids.stream().map(TaskId::value).toList())
                .bind("grace", seconds(grace))
                .map(TaskRow::readable)
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }
}
