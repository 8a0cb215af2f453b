package io.pawline.detect;

import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.stage.MemoryBudget;
import java.util.Objects;

/**
 * The photo of a task. It holds its share of the memory until it is closed.
 *
 * @param bytes the file, unchanged. Not copied: treat it as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
record LoadedPhoto(byte[] bytes, ImageKind kind, MemoryBudget.Share memory) implements AutoCloseable {
    LoadedPhoto {
        Objects.requireNonNull(bytes, "bytes");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(memory, "memory");
    }

    /** The photo as a {@code data:} URL, so that the provider fetches nothing. It is made while it is written. */
    DataUrl dataUrl() {
        return new DataUrl(kind.mediaType(), bytes);
    }

    @Override
    public void close() {
        memory.close();
    }
}
