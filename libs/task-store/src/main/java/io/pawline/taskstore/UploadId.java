package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Identifies a direct upload by a UUIDv7, so that ids sort by the time at which uploads were opened. */
public record UploadId(UUID value) {

    public UploadId {
        Objects.requireNonNull(value, "value");
    }

    /** A new id of an upload that is opened at this moment. Nobody can guess it. */
    public static UploadId at(Instant opened) {
        return new UploadId(TaskId.at(opened).value());
    }

    /** The bound between the ids of uploads opened before this moment, which are less, and those of all others. */
    public static UploadId bound(Instant moment) {
        return new UploadId(TaskId.bound(moment).value());
    }

    /** The id of this text, in upper or lower case; empty if it is none. */
    public static Optional<UploadId> parse(String text) {
        try {
            return Optional.of(new UploadId(TaskId.parse(text).value()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
