package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.util.Objects;
import java.util.UUID;

/** Identifies a batch by a UUIDv7, which sorts before the ids of all tasks that are submitted with it. */
public record BatchId(UUID value) {

    public BatchId {
        Objects.requireNonNull(value, "value");
    }

    /** A new id that nobody can guess. */
    public static BatchId next() {
        return new BatchId(TaskId.next().value());
    }

    /**
     * The id in its usual text form, upper or lower case.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static BatchId parse(String text) {
        return new BatchId(TaskId.parse(text).value());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
