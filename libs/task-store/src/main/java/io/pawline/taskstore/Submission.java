package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what the front end asked for. A submission never changes once it is accepted. Instants are kept to the
 * millisecond, as in the events.
 *
 * @param callback the receiver of the callback; null: none
 * @param deadline no paid call starts after this moment
 * @param reference the front end's own name for the task; null: none
 * @param json an object of the front end's, as JSON text, given back with the final state; null: none
 * @param trace the place in a trace, as the header {@code traceparent} has it; null: not traced
 * @param heldUntil no stage starts before this moment; null: at once
 * @param batch the batch that it came with; null: it came by itself
 */
public record Submission(
        TaskId id,
        String tenant,
        String style,
        PhotoSource photo,
        @Nullable URI callback,
        Instant submittedAt,
        Instant deadline,
        Priority priority,
        @Nullable String reference,
        @Nullable String json,
        @Nullable String trace,
        @Nullable Instant heldUntil,
        @Nullable BatchId batch) {

    public Submission {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(photo, "photo");
        submittedAt = submittedAt.truncatedTo(ChronoUnit.MILLIS);
        deadline = deadline.truncatedTo(ChronoUnit.MILLIS);
        Objects.requireNonNull(priority, "priority");
        heldUntil = heldUntil == null ? null : heldUntil.truncatedTo(ChronoUnit.MILLIS);
    }

    /** A submission that starts at once, came by itself, and is not traced. */
    public Submission(
            TaskId id,
            String tenant,
            String style,
            PhotoSource photo,
            @Nullable URI callback,
            Instant submittedAt,
            Instant deadline,
            Priority priority,
            @Nullable String reference,
            @Nullable String json) {
        this(id, tenant, style, photo, callback, submittedAt, deadline, priority, reference, json, null, null, null);
    }

    /** An interactive submission without a reference or an object of the front end. */
    public Submission(
            TaskId id,
            String tenant,
            String style,
            PhotoSource photo,
            @Nullable URI callback,
            Instant submittedAt,
            Instant deadline) {
        this(id, tenant, style, photo, callback, submittedAt, deadline, Priority.INTERACTIVE, null, null);
    }

    /** The front end's own name for the task; empty if it gave none. */
    public Optional<String> clientRef() {
        return Optional.ofNullable(reference);
    }

    /** The front end's object as JSON text, to be given back as it is; empty if it gave none. */
    public Optional<String> metadata() {
        return Optional.ofNullable(json);
    }

    /** The place in a trace; empty if the task is not traced. */
    public Optional<String> traceParent() {
        return Optional.ofNullable(trace);
    }

    /** The receiver of the callback; empty if there is none. */
    public Optional<URI> callbackUrl() {
        return Optional.ofNullable(callback);
    }

    /** The moment before which no stage starts; empty: it starts at once. */
    public Optional<Instant> notBefore() {
        return Optional.ofNullable(heldUntil);
    }

    /** The batch that it came with; empty if it came by itself. */
    public Optional<BatchId> batchId() {
        return Optional.ofNullable(batch);
    }
}
