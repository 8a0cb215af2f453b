package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Opens the next generation of tasks that have a final state, for a replay. It works in the transaction of the caller,
 * which has to be committed before anything of the new generation is published.
 */
public final class GenerationOpener {

    private static final String REOPEN = """
            update task set generation = generation + 1, state = 'accepted', ended_at = null, ending_stage = null,
                reason = null, detail = null, result = null, delivered_at = null, delivery_attempts = 0,
                delivery_attempted_at = null, delivery_reason = null, delivery_detail = null,
                resend_requested_at = null, requeued_at = null, deadline = :deadline, priority = 'bulk'
            where id = any(:ids) and state in ('failed', 'expired') and erased_at is null
            returning id, generation
            """;

    // The final state stands; the replay sends its callback anew, and so grants an open request to resend it.
    private static final String RENOTIFY = """
            update task set generation = generation + 1, delivery_attempts = 0,
                delivery_attempted_at = null, delivery_reason = null, delivery_detail = null,
                resend_requested_at = null, requeued_at = now()
            where id = any(:ids) and state <> 'accepted' and delivered_at is null and erased_at is null
            returning id, generation
            """;

    private GenerationOpener() {}

    /**
     * Opens the next generation of those of these tasks that have failed or expired.
     *
     * @return the new generations; a task that is not in it stays as it was
     */
    public static Map<UUID, Integer> reopen(Handle handle, Collection<UUID> tasks, Instant deadline) {
        return generations(handle.createQuery(REOPEN).bind("deadline", timestamp(deadline)), tasks);
    }

    /**
     * Opens the next generation of those of these tasks whose callback is undelivered, with the same final state.
     *
     * @return the new generations; a task that is not in it stays as it was
     */
    public static Map<UUID, Integer> renotify(Handle handle, Collection<UUID> tasks) {
        return generations(handle.createQuery(RENOTIFY), tasks);
    }

    private static Map<UUID, Integer> generations(Query update, Collection<UUID> tasks) {
        return update
                .bindArray("ids", UUID.class, tasks)
                .map((row, _) -> Map.entry(row.getObject("id", UUID.class), row.getInt("generation")))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
