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
 */
public record Submission(
        TaskId id,
        String tenant,
        String style,
        Photo photo,
        @Nullable URI callback,
        Instant submittedAt,
        Instant deadline) {

    public Submission {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(photo, "photo");
        submittedAt = submittedAt.truncatedTo(ChronoUnit.MILLIS);
        deadline = deadline.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Where to tell of the ending, if anywhere. */
    public Optional<URI> callbackUrl() {
        return Optional.ofNullable(callback);
    }
}
