package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the front end asked for. Never changes once accepted. Instants are kept to the millisecond, as the events have them.
 *
 * @param callback where to tell of the ending; null: nowhere
 * @param deadline no paid call starts after this moment
 * @param reference the front end's own name for it; null: none
 * @param json an object of the front end's, as JSON text, given back with the ending; null: none
 * @param trace its place in a trace, as the header {@code traceparent} has it; null: it is not traced
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
        @Nullable String trace) {

    public Submission {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(photo, "photo");
        submittedAt = submittedAt.truncatedTo(ChronoUnit.MILLIS);
        deadline = deadline.truncatedTo(ChronoUnit.MILLIS);
        Objects.requireNonNull(priority, "priority");
    }

    /** One that is not traced. */
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
        this(id, tenant, style, photo, callback, submittedAt, deadline, priority, reference, json, null);
    }

    /** An interactive one, to which the front end adds nothing of its own. */
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

    /** The front end's own name for it, if it gave one. */
    public Optional<String> clientRef() {
        return Optional.ofNullable(reference);
    }

    /** The front end's object, as JSON text, if it gave one: to be given back as it is. */
    public Optional<String> metadata() {
        return Optional.ofNullable(json);
    }

    /** Its place in a trace, if it is traced. */
    public Optional<String> traceParent() {
        return Optional.ofNullable(trace);
    }

    /** Where to tell of the ending, if anywhere. */
    public Optional<URI> callbackUrl() {
        return Optional.ofNullable(callback);
    }
}
