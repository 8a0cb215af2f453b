package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Counts the open tasks of all tenants, and how fast they are worked off. Both are counted in an index, which takes
 * some milliseconds for 100,000 open tasks. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class OpenTasks {

    // Literals, so that the planner sees that the partial indexes fit. A task that starts later waits for no stage yet.
    private static final String OPEN = """
            select tenant, sum(open)::bigint as open from (
                select tenant, count(*) as open from task where state = 'accepted' and relayed_at is null group by tenant
                union all
                select tenant, count(*) from task where state = 'accepted' and relayed_at < 'infinity' group by tenant)
            as both_kinds group by tenant
            """;

    // Cancelled, expired and lost tasks were not worked off, so they say nothing about the time that work takes.
    private static final String WORKED_OFF =
            "select count(*) from task where state in ('success', 'failed') and ended_at > :since"
                    + " and reason is distinct from 'lost'";

    private static final String WAITING = """
            select tenant, priority, date_trunc('second', coalesce(not_before, submitted_at)) as second,
                count(*) as tasks
            from task where state = 'accepted' and relayed_at is distinct from 'infinity'
            group by tenant, priority, second order by second
            """;

    private static final String ENDED = """
            select id, generation, tenant, priority, coalesce(not_before, submitted_at) as waited_since, ended_at, state
            from task where state in ('success', 'failed') and ended_at > :since
                and reason is distinct from 'lost'
            order by ended_at desc limit :limit
            """;

    private static final String TIME_IN_STAGES = """
            select percentile_disc(0.5) within group (order by extract(epoch from ended_at - relayed_at)::float8)
            from (select ended_at, relayed_at from task
                where state in ('success', 'failed') and ended_at > :since and state = 'success'
                    and generation = 1 and relayed_at < 'infinity'
                order by ended_at desc limit :limit) as newest
            """;

    private final TaskDatabase database;

    public OpenTasks(TaskDatabase database) {
        this.database = database;
    }

    /** The number of tasks of each tenant that are accepted, are not held for later, and have no final state yet. */
    public Map<String, Long> countOfTenants() {
        return database.with(handle -> handle.createQuery(OPEN).reduceRows(new HashMap<String, Long>(), (open, row) -> {
            open.put(row.getColumn("tenant", String.class), row.getColumn("open", Long.class));
            return open;
        }));
    }

    /** The number of tasks that stages worked on, successfully or not, and that ended after this moment. */
    public long workedOffSince(Instant since) {
        return database.with(handle -> workedOff(handle, since));
    }

    private static long workedOff(Handle handle, Instant since) {
        return handle.createQuery(WORKED_OFF)
                .bind("since", timestamp(since))
                .mapTo(Long.class)
                .one();
    }

    /** Names the tasks of a tenant and a priority, which the stages take in their order. */
    public record Queue(String tenant, Priority priority) {
        public Queue {
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(priority, "priority");
        }
    }

    /**
     * Counts the open tasks of a queue that have waited since within the same second.
     *
     * @param second its beginning
     */
    public record OpenGroup(Queue queue, Instant second, int tasks) {
        public OpenGroup {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(second, "second");
        }
    }

    /**
     * A task that has ended.
     *
     * @param waitedSince when it was submitted, or when it was to start if that was later
     * @param at when it ended
     * @param succeeded whether it went through all stages
     */
    public record EndedTask(
            TaskId id, int generation, Queue queue, Instant waitedSince, Instant at, boolean succeeded) {
        public EndedTask {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(waitedSince, "waitedSince");
            Objects.requireNonNull(at, "at");
        }
    }

    /** The open tasks by queue and second, those that wait longest first. It costs by the number of open tasks. */
    public List<OpenGroup> waiting() {
        return database.with(handle -> handle.createQuery(WAITING)
                .map((row, _) -> new OpenGroup(queue(row), TaskRow.instant(row, "second"), row.getInt("tasks")))
                .list());
    }

    /**
     * The tasks that stages worked on, successfully or not, and that ended after a moment, the last first.
     *
     * @param limit most tasks, 1 or more
     */
    public List<EndedTask> ended(Instant since, int limit) {
        return database.with(handle -> handle.createQuery(ENDED)
                .bind("since", timestamp(since))
                .bind("limit", limit)
                .map((row, _) -> new EndedTask(
                        new TaskId(row.getObject("id", UUID.class)),
                        row.getInt("generation"),
                        queue(row),
                        TaskRow.instant(row, "waited_since"),
                        TaskRow.instant(row, "ended_at"),
                        row.getString("state").equals(TaskState.SUCCESS.code())))
                .list());
    }

    /**
     * The median time that the newest successful tasks took from their relay to their end.
     *
     * @param limit most tasks, 1 or more
     * @return empty if none has succeeded after this moment
     */
    public Optional<Duration> timeInStages(Instant since, int limit) {
        return database.with(handle -> handle.createQuery(TIME_IN_STAGES)
                .bind("since", timestamp(since))
                .bind("limit", limit)
                .mapTo(Double.class)
                .findOne()
                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000))));
    }

    private static Queue queue(ResultSet row) throws SQLException {
        return new Queue(row.getString("tenant"), Priority.ofCode(row.getString("priority")));
    }
}
