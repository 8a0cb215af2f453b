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
import org.jspecify.annotations.Nullable;

/**
 * Lists the tasks of a tenant, newest first, page by page. A page begins after the last task of the page before (keyset
 * pagination). So no task is missed or shown twice while others come in. A page costs by its own tasks, whatever it is
 * filtered by and however long the history is. Thread-safe.
 */
public final class TaskListing {

    private static final Set<TaskState> WITHOUT_REASON = EnumSet.of(TaskState.ACCEPTED, TaskState.SUCCESS);

    private static final String ORDER = "order by id desc limit :limit";

    /** No process is so far ahead of the others. A list then passes by the partitions of the weeks to come. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

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
        Map<String, Object> values = new HashMap<>(Map.of("tenant", query.tenant(), "limit", query.limit()));
        String conditions = String.join(" and ", conditions(query, values));
        String sql = states.size() == TaskState.values().length && query.clientRef() == null
                ? branch(conditions)
                : newestOf(states, conditions);
        return database.list(handle -> {
            HistoryPlans.useKept(handle);
            return handle.createQuery(sql).bindMap(values).map(new TaskRow()).list();
        });
    }

    /** The states that the tasks on the page can have: only a task that did not succeed has a reason. */
    private static List<TaskState> states(Query query) {
        return Arrays.stream(TaskState.values())
                .filter(state -> query.state() == null || query.state() == state)
                .filter(state -> query.reason() == null || !WITHOUT_REASON.contains(state))
                .toList();
    }

    private List<String> conditions(Query query, Map<String, Object> values) {
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
        if (query.from() != null) {
            conditions.add("id >= :from");
            values.put("from", TaskId.bound(query.from()).value());
        }
        Instant end = clock.instant().plus(CLOCKS_DIFFER);
        conditions.add("id < :to");
        values.put(
                "to",
                TaskId.bound(query.to() != null && query.to().isBefore(end) ? query.to() : end)
                        .value());
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
    private static String newestOf(List<TaskState> states, String conditions) {
        return states.stream()
                .map(state -> "(" + branch(conditions + " and state = '" + state.code() + "'") + ")")
                .collect(Collectors.joining(" union all ", "", states.size() == 1 ? "" : " " + ORDER));
    }

    private static String branch(String conditions) {
        return "select * from task where " + conditions + " " + ORDER;
    }
}
