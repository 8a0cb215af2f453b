package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.util.Optional;

/**
 * Takes out of the row of a task what may lead to a person. The row stays for the books: its times, its style, its final
 * state and its cost. Thread-safe.
 */
public final class TaskErasure {

    /** The tenant of an erased task begins with it, so that nobody finds the task by its tenant. */
    public static final String ERASED = "~";

    /** Stands in the place of the photo. */
    private static final String NO_PHOTO = "about:blank";

    // The names of the pictures stay, as the trigger wants it: they are deleted, and say nothing
    private static final String ERASE = """
            update task set tenant = :erased || tenant, photo_url = :noPhoto, photo_key = null, callback_url = null,
                client_ref = null, metadata = null, fingerprint = null, trace_parent = null, delivery_detail = null,
                resend_requested_at = null
            where id = :id and tenant = :tenant and state <> 'accepted'
            """;

    private static final String STATE = "select state from task where id = :id and tenant = :tenant";

    private final TaskDatabase database;

    public TaskErasure(TaskDatabase database) {
        this.database = database;
    }

    /** What became of a request to erase a task. */
    public enum Result {
        /** It is erased. It is not found any more. */
        ERASED,
        /** It has no final state yet, and is as it was. */
        STILL_OPEN
    }

    /**
     * Erases a task of a tenant that has a final state. The caller deletes its pictures before: what is left over after
     * a crash is then found by the same request again.
     *
     * @return empty if the tenant has no such task
     * @throws DatabaseUnavailableException when the database is lost
     */
    public Optional<Result> erase(TaskId id, String tenant) {
        return database.inTransaction(handle -> {
            boolean erased = handle.createUpdate(ERASE)
                            .bind("erased", ERASED)
                            .bind("noPhoto", NO_PHOTO)
                            .bind("id", id.value())
                            .bind("tenant", tenant)
                            .execute()
                    == 1;
            if (erased) {
                handle.createUpdate("delete from callback_attempt where task_id = :id")
                        .bind("id", id.value())
                        .execute();
                return Optional.of(Result.ERASED);
            }
            return handle.createQuery(STATE)
                    .bind("id", id.value())
                    .bind("tenant", tenant)
                    .mapTo(String.class)
                    .findOne()
                    .map(_ -> Result.STILL_OPEN);
        });
    }
}
