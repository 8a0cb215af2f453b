package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Lists the tasks of a tenant, newest first, page by page. A page begins after the last task of the page before (keyset
 * pagination). So no task is missed or shown twice while others come in. A page costs by its own tasks, whatever it is
 * filtered by and however long the history is. Thread-safe.
 */
public final class TaskListing {

    private static final Set<TaskState> WITHOUT_REASON = EnumSet.of(TaskState.ACCEPTED, TaskState.SUCCESS);

    /**
     * The limit is a part of the text. Of a parameter, the server assumes that few rows are needed, and takes what begins
     * soonest: all tasks of a week in their order.
     */
    private static final String ORDER = "order by id desc limit %d";

    /** No process is so far ahead of the others. A list then passes by the partitions of the weeks to come. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

    /**
     * A page is looked for in so much time first, and only then in all of the history. Most pages are full by then, and
     * have opened three partitions at most.
     */
    private static final Duration RECENT = Duration.ofDays(8);

    private final TaskDatabase database;
    private final Clock clock;

    public TaskListing(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * The tasks to list; a null part is no condition.
     *
     * @param from accepted at this moment or later, to the millisecond
     * @param to accepted before this moment, to the millisecond
     * @param after the last task of the page before
     * @param limit tasks on a page, 1 or more
     */
    public record Query(
            String tenant,
            @Nullable TaskState state,
            @Nullable Reason reason,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String clientRef,
            @Nullable TaskId after,
            int limit) {
        public Query {
            Objects.requireNonNull(tenant, "tenant");
            if (limit < 1) {
                throw new IllegalArgumentException("limit must be > 0, was " + limit);
            }
        }
    }

    /**
     * Reads one page.
     *
     * @throws DatabaseUnavailableException when the database is lost
     */
    public List<Task> page(Query query) {
        List<TaskState> states = states(query);
        if (states.isEmpty()) {
            return List.of();
        }
        Instant end = end(query);
        Instant recent = end.minus(RECENT);
        boolean allRecent = query.from() != null && !query.from().isBefore(recent);
        return database.list(handle -> {
            HistoryPlans.useKept(handle);
            Period first = new Period(allRecent ? query.from() : recent, end);
            List<Task> page = read(handle, query, states, first);
            if (page.size() == query.limit() || allRecent) {
                return page;
            }
            List<Task> older = read(handle, query, states, new Period(query.from(), recent));
            return Stream.concat(page.stream(), older.stream())
                    .limit(query.limit())
                    .toList();
        });
    }

    /** A time in which the tasks were accepted; without a beginning, from the first one on. */
    private record Period(@Nullable Instant from, Instant to) {}

    /** Returns the time before which all tasks of the page were accepted. */
    private Instant end(Query query) {
        Instant end = clock.instant().plus(CLOCKS_DIFFER);
        if (query.to() != null && query.to().isBefore(end)) {
            end = query.to();
        }
        // The last task of the page before, and others of its millisecond, may still be before this time
        Instant afterLast = query.after() == null ? end : query.after().time().plusMillis(1);
        Instant sooner = afterLast.isBefore(end) ? afterLast : end;
        return sooner.isBefore(Instant.EPOCH) ? Instant.EPOCH : sooner;
    }

    private static List<Task> read(Handle handle, Query query, List<TaskState> states, Period period) {
        Map<String, Object> values = new HashMap<>(Map.of("tenant", query.tenant()));
        String conditions = String.join(" and ", conditions(query, period, values));
        String sql = states.size() == TaskState.values().length && query.clientRef() == null
                ? branch(conditions, query.limit())
                : newestOf(states, conditions, query.limit());
        return handle.createQuery(sql).bindMap(values).map(new TaskRow()).list();
    }

    /** The states that the tasks on the page can have: only a task that did not succeed has a reason. */
    private static List<TaskState> states(Query query) {
        return Arrays.stream(TaskState.values())
                .filter(state -> query.state() == null || query.state() == state)
                .filter(state -> query.reason() == null || !WITHOUT_REASON.contains(state))
                .toList();
    }

    private static List<String> conditions(Query query, Period period, Map<String, Object> values) {
        List<String> conditions = new ArrayList<>(List.of("tenant = :tenant", "erased_at is null"));
        if (query.reason() != null) {
            conditions.add("reason = :reason");
            values.put("reason", query.reason().code());
        }
        if (query.clientRef() != null) {
            conditions.add("client_ref = :clientRef");
            values.put("clientRef", query.clientRef());
        }
        // Tasks are in the order of their ids, so a time is a place in that order
        if (period.from() != null) {
            conditions.add("id >= :from");
            values.put("from", TaskId.bound(period.from()).value());
        }
        conditions.add("id < :to");
        values.put("to", TaskId.bound(period.to()).value());
        if (query.after() != null) {
            conditions.add("id < :after");
            values.put("after", query.after().value());
        }
        return conditions;
    }

    /**
     * Takes the newest tasks of each state, and of these the newest. So the index that has the state before the id
     * serves whatever is asked for, and no row is read that is not on the page of its state.
     */
    private static String newestOf(List<TaskState> states, String conditions, int limit) {
        return states.stream()
                .map(state -> "(" + branch(conditions + " and state = '" + state.code() + "'", limit) + ")")
                .collect(Collectors.joining(" union all ", "", states.size() == 1 ? "" : " " + ORDER.formatted(limit)));
    }

    private static String branch(String conditions, int limit) {
        return "select * from task where " + conditions + " " + ORDER.formatted(limit);
    }
}
