package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import java.time.Instant;

/**
 * Erases from the rows of tasks what came from the front end or says something of a photo. The tenant, the times, the
 * final state and its reason stay, for the books. The task is hidden from its tenant from then on, is not called back
 * any more, and is not replayed. Thread-safe.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class TaskErasure {

    // A row has to name a photo. Columns of the delivery may have words of the receiver.
    private static final String ERASE = """
            update task set erased_at = coalesce(erased_at, :at), style = '', photo_url = 'erased:photo',
                photo_key = null, callback_url = null, client_ref = null, metadata = null, fingerprint = null,
                trace_parent = null, detail = null, delivery_detail = null, resend_requested_at = null
            where id = :id and tenant = :tenant and state <> 'accepted'
            """;

    private static final String EXISTS = "select true from task where id = :id and tenant = :tenant";

    private final TaskDatabase database;

    public TaskErasure(TaskDatabase database) {
        this.database = database;
    }

    /** Lists what can come of it. */
    public enum Result {
        /** The row says nothing any more, by this call or by an earlier one. */
        ERASED,
        /** The task has no final state yet, and nothing was changed. */
        OPEN,
        /** The tenant has no such task. */
        UNKNOWN
    }

    /** Erases a task, if it has a final state. */
    public Result erase(TaskId id, String tenant, Instant at) {
        return database.inTransaction(handle -> {
            int erased = handle.createUpdate(ERASE)
                    .bind("id", id.value())
                    .bind("tenant", tenant)
                    .bind("at", timestamp(at))
                    .execute();
            if (erased > 0) {
                handle.createUpdate("delete from callback_attempt where task_id = :id")
                        .bind("id", id.value())
                        .execute();
                return Result.ERASED;
            }
            return handle.createQuery(EXISTS)
                            .bind("id", id.value())
                            .bind("tenant", tenant)
                            .mapTo(Boolean.class)
                            .findOne()
                            .isPresent()
                    ? Result.OPEN
                    : Result.UNKNOWN;
        });
    }
}
