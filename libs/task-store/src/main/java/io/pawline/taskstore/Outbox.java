package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Relays the accepted tasks that are not in Kafka yet, as a transactional outbox (<a
 * href="https://microservices.io/patterns/data/transactional-outbox.html">Richardson</a>). Several processes may relay
 * at once; each takes rows that no other has. Thread-safe.
 */
public final class Outbox {

    private static final String NEXT = """
            select * from task where relayed_at is null order by id limit :limit for update skip locked
            """;

    private static final String RELAYED = "update task set relayed_at = :at where id = any(:ids)";

    private final TaskDatabase database;
    private final Clock clock;

    public Outbox(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Sends tasks on. */
    @FunctionalInterface
    public interface Receiver {

        /**
         * Sends these tasks on, in this order, and waits until it is known which of them arrived.
         *
         * @return the tasks that have surely arrived; the others come again
         */
        Handover take(List<Task> tasks) throws InterruptedException;
    }

    /**
     * What became of the tasks of one round.
     *
     * @param arrived the tasks that have surely arrived
     * @param obstacle what prevented the others; null if nothing did
     */
    public record Handover(List<TaskId> arrived, @Nullable Throwable obstacle) {
        public Handover {
            arrived = List.copyOf(arrived);
        }
    }

    /**
     * Sends on the oldest tasks of the outbox, and notes those that arrived, in one transaction. After a crash in
     * between, they are sent again: each arrives at least once.
     *
     * @throws DatabaseUnavailableException when the database is lost
     */
    public Relayed relay(int limit, Receiver receiver) throws InterruptedException {
        return database.inTransaction(handle -> {
            List<Task> tasks = handle.createQuery(NEXT)
                    .bind("limit", limit)
                    .map(new TaskRow())
                    .list();
            Handover handover = tasks.isEmpty() ? new Handover(List.of(), null) : receiver.take(tasks);
            markRelayed(handle, handover.arrived());
            return new Relayed(tasks.size(), handover.arrived().size(), handover.obstacle());
        });
    }

    private void markRelayed(Handle handle, List<TaskId> arrived) {
        if (!arrived.isEmpty()) {
            handle.createUpdate(RELAYED)
                    .bind("at", timestamp(clock.instant()))
                    .bindArray(
                            "ids",
                            UUID.class,
                            arrived.stream().map(TaskId::value).toList())
                    .execute();
        }
    }

    /**
     * The result of one round.
     *
     * @param taken tasks sent on
     * @param arrived those of them that arrived
     * @param obstacle what prevented the others; null if nothing did
     */
    public record Relayed(int taken, int arrived, @Nullable Throwable obstacle) {

        /** Whether some did not arrive. */
        public boolean fellShort() {
            return arrived < taken;
        }
    }
}
