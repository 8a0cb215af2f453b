package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lists the tasks of a tenant, newest first, page by page. A page begins after the last task of the page before (keyset
 * pagination). So every page costs the same, and no task is missed or shown twice while others come in. Thread-safe.
 */
public final class TaskListing {

    private final TaskDatabase database;

    public TaskListing(TaskDatabase database) {
        this.database = database;
    }

    /**
     * The tasks to list; a null part is no condition.
     *
     * @param from submitted at this moment or later
     * @param to submitted before this moment
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
        List<String> conditions = new ArrayList<>(List.of("tenant = :tenant", "erased_at is null"));
        Map<String, Object> values = new HashMap<>(Map.of("tenant", query.tenant(), "limit", query.limit()));
        if (query.state() != null) {
            conditions.add(condition(query.state()));
        }
        if (query.reason() != null) {
            conditions.add("reason is not null and reason = :reason");
            values.put("reason", query.reason().code());
        }
        if (query.from() != null) {
            conditions.add("submitted_at >= :from");
            values.put("from", timestamp(query.from()));
        }
        if (query.to() != null) {
            conditions.add("submitted_at < :to");
            values.put("to", timestamp(query.to()));
        }
        if (query.clientRef() != null) {
            conditions.add("client_ref = :clientRef");
            values.put("clientRef", query.clientRef());
        }
        if (query.after() != null) {
            conditions.add("id < :after");
            values.put("after", query.after().value());
        }
        String sql =
                "select * from task where %s order by id desc limit :limit".formatted(String.join(" and ", conditions));
        return database.with(handle ->
                handle.createQuery(sql).bindMap(values).map(new TaskRow()).list());
    }

    /** Writes literals, and one condition more than needed, so that the planner sees which partial index fits. */
    private static String condition(TaskState state) {
        return switch (state) {
            case ACCEPTED -> "state = 'accepted'";
            case SUCCESS -> "state = 'success'";
            case FAILED -> "state = 'failed' and reason is not null";
            case CANCELLED -> "state = 'cancelled' and reason is not null";
            case EXPIRED -> "state = 'expired' and reason is not null";
        };
    }
}
