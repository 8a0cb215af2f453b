package io.pawline.taskstore;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describes a photo that a client sends to the image store itself, before a task names it.
 *
 * @param mediaType as which the client sends it
 * @param length bytes that it has to have
 * @param hash SHA-256 of its bytes as the client says, in lower-case hex; null: it says nothing
 * @param expiresAt no task takes it from this moment on
 * @param by the request that took it; null: none has
 */
public record DirectUpload(
        UploadId id,
        String tenant,
        String mediaType,
        long length,
        @Nullable String hash,
        Instant expiresAt,
        @Nullable Taking by) {

    public DirectUpload {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(mediaType, "mediaType");
        if (length < 1) {
            throw new IllegalArgumentException("length must be > 0, was " + length);
        }
        Objects.requireNonNull(expiresAt, "expiresAt");
    }

    /**
     * The hashes of a request that took an upload. Its repetition is recognised by the first two, when the photo is gone.
     * The others are those that the request has with its photo.
     *
     * @param namedRequest of all that the request says, without the photo
     * @param namedWork of what the client gets, without the photo
     * @param wholeRequest of all that the request says
     * @param wholeWork of what the client gets, the {@link Fingerprint} of the task
     */
    public record Taking(String namedRequest, String namedWork, String wholeRequest, String wholeWork) {
        public Taking {
            Objects.requireNonNull(namedRequest, "namedRequest");
            Objects.requireNonNull(namedWork, "namedWork");
            Objects.requireNonNull(wholeRequest, "wholeRequest");
            Objects.requireNonNull(wholeWork, "wholeWork");
        }
    }

    /** SHA-256 of the bytes as the client says, in lower-case hex; empty if it says nothing. */
    public Optional<String> sha256() {
        return Optional.ofNullable(hash);
    }

    /** The request that took it; empty if none has. */
    public Optional<Taking> taking() {
        return Optional.ofNullable(by);
    }
}
