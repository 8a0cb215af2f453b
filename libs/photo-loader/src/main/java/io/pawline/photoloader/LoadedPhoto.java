package io.pawline.photoloader;

import io.pawline.outbound.ark.DataUrl;
import io.pawline.photos.PhotoFormat;
import io.pawline.stage.MemoryBudget;
import java.util.Objects;

/**
 * The photo of a task as a model gets it. It holds its share of the memory until it is closed.
 *
 * @param bytes the file, without metadata. Not copied: treat it as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
public record LoadedPhoto(byte[] bytes, PhotoFormat format, MemoryBudget.Share memory) implements AutoCloseable {
    public LoadedPhoto {
        Objects.requireNonNull(bytes, "bytes");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(memory, "memory");
    }

    /** The photo as a {@code data:} URL, so that the provider fetches nothing. It is made while it is written. */
    public DataUrl dataUrl() {
        return new DataUrl(format.mediaType(), bytes);
    }

    @Override
    public void close() {
        memory.close();
    }
}
