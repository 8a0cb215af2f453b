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

    // The task is in the outbox again, and the relay publishes it from its photo on. The stages may still hold its
    // cancellation, and would end it at once.
    private static final String RESTART = """
            update task set generation = generation + 1, state = 'accepted', ended_at = null, ending_stage = null,
                reason = null, detail = null, result = null, delivered_at = null, delivery_attempts = 0,
                delivery_attempted_at = null, delivery_reason = null, delivery_detail = null,
                resend_requested_at = null, requeued_at = null, deadline = :deadline, priority = 'bulk',
                relayed_at = null, not_before = null, reaped_at = null
            where id = any(:ids) and state in ('failed', 'expired', 'cancelled') and erased_at is null
                and not cancel_untold and not cancel_standing
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
     * Opens the next generation of those of these tasks that have failed, expired or been cancelled, and puts them into
     * the outbox, so that they begin with their photo.
     *
     * @return the new generations; a task that is not in it stays as it was
     */
    public static Map<UUID, Integer> restart(Handle handle, Collection<UUID> tasks, Instant deadline) {
        return generations(handle.createQuery(RESTART).bind("deadline", timestamp(deadline)), tasks);
    }

    /**
     * Opens the next generation of those of these tasks whose callback is undelivered, with the same final state.
     *
     * @return the new generations; a task that is not in it stays as it was
     */
    public static Map<UUID, Integer> renotify(Handle handle, Collection<UUID> tasks) {
        return generations(handle.createQuery(RENOTIFY), tasks);
    }

    /** Has these generations end soon: nobody works on them, so their tasks are over at their new deadline. */
    public static void abandon(Handle handle, Map<UUID, Integer> generations, Instant deadline) {
        generations.forEach((task, generation) -> handle.createUpdate("""
                        update task set deadline = :deadline
                        where id = :id and generation = :generation and state = 'accepted'
                        """)
                .bind("deadline", timestamp(deadline))
                .bind("id", task)
                .bind("generation", generation)
                .execute());
    }

    private static Map<UUID, Integer> generations(Query update, Collection<UUID> tasks) {
        return update
                .bindArray("ids", UUID.class, tasks)
                .map((row, _) -> Map.entry(row.getObject("id", UUID.class), row.getInt("generation")))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
