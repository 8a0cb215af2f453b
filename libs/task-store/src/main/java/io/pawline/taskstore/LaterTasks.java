package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import java.time.Instant;

/**
 * Puts tasks that start later into the outbox when their time has come. Until then no relay sees them, so a relay costs
 * the same however many are held. Several processes may release at once; each takes rows that no other has. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class LaterTasks {

    private static final String RELEASE = """
            update task set relayed_at = null where id = any(array(
                select id from task where relayed_at = 'infinity' and not_before <= :now
                order by not_before limit :limit for update skip locked))
            """;

    private final TaskDatabase database;

    public LaterTasks(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Releases the tasks whose time has come, the earliest first.
     *
     * @param limit most tasks, 1 or more
     * @return how many were released
     */
    public int release(Instant now, int limit) {
        return database.with(handle -> handle.createUpdate(RELEASE)
                .bind("now", timestamp(now))
                .bind("limit", limit)
                .execute());
    }
}
