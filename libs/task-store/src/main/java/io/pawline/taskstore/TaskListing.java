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

    /** No id is less. */
    private static final TaskId FIRST = TaskId.bound(Instant.MIN);

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
        TaskId first = query.from() == null ? FIRST : TaskId.bound(query.from());
        TaskId end = end(query);
        TaskId recent = max(first, TaskId.bound(end.time().minus(RECENT)));
        return database.list(handle -> {
            HistoryPlans.useKept(handle);
            List<Task> page = read(handle, query, states, recent, end);
            if (page.size() == query.limit() || recent.equals(first)) {
                return page;
            }
            return Stream.concat(page.stream(), read(handle, query, states, first, recent).stream())
                    .limit(query.limit())
                    .toList();
        });
    }

    /** Returns what is greater than the ids of all tasks that can be on the page. */
    private TaskId end(Query query) {
        TaskId end = TaskId.bound(clock.instant().plus(CLOCKS_DIFFER));
        if (query.to() != null) {
            end = min(end, TaskId.bound(query.to()));
        }
        return query.after() == null ? end : min(end, query.after());
    }

    private static TaskId min(TaskId one, TaskId other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static TaskId max(TaskId one, TaskId other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** Reads the newest tasks of a range of ids. */
    private static List<Task> read(Handle handle, Query query, List<TaskState> states, TaskId from, TaskId to) {
        Map<String, Object> values = new HashMap<>();
        String conditions = conditions(query, values);
        String sql = states.size() == TaskState.values().length && query.clientRef() == null
                ? branch(conditions, query.limit())
                : newestOf(states, conditions, query.limit());
        return handle.createQuery(sql)
                .bindMap(values)
                .bind("from", from.value())
                .bind("to", to.value())
                .map(new TaskRow())
                .list();
    }

    /** The states that the tasks on the page can have: only a task that did not succeed has a reason. */
    private static List<TaskState> states(Query query) {
        return Arrays.stream(TaskState.values())
                .filter(state -> query.state() == null || query.state() == state)
                .filter(state -> query.reason() == null || !WITHOUT_REASON.contains(state))
                .toList();
    }

    /** There is one text for each kind of filter, whatever the time, so that few are planned. */
    private static String conditions(Query query, Map<String, Object> values) {
        List<String> conditions =
                new ArrayList<>(List.of("tenant = :tenant", "erased_at is null", "id >= :from", "id < :to"));
        values.put("tenant", query.tenant());
        if (query.reason() != null) {
            conditions.add("reason = :reason");
            values.put("reason", query.reason().code());
        }
        if (query.clientRef() != null) {
            conditions.add("client_ref = :clientRef");
            values.put("clientRef", query.clientRef());
        }
        return String.join(" and ", conditions);
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
