package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * Counts the open tasks of all tenants, and how fast they are worked off. Both are counted in an index, which takes
 * some milliseconds for 100,000 open tasks. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class OpenTasks {

    // A literal, so that the planner sees that the partial index fits.
    private static final String OPEN = "select count(*) from task where state = 'accepted'";

    // Cancelled, expired and lost tasks were not worked off, so they say nothing about the time that work takes.
    private static final String WORKED_OFF =
            "select count(*) from task where state in ('success', 'failed') and ended_at > :since"
                    + " and reason is distinct from 'lost'";

    private final TaskDatabase database;

    public OpenTasks(TaskDatabase database) {
        this.database = database;
    }

    /** The number of tasks that are accepted and have no final state yet. */
    public long count() {
        return database.with(
                handle -> handle.createQuery(OPEN).mapTo(Long.class).one());
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
}
