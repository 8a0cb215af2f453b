package io.pawline.detect;

import io.pawline.outbound.ImageKind;
import java.util.Base64;
import java.util.Objects;

/**
 * The photo of a task.
 *
 * @param bytes the file, unchanged. Not copied: treat it as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
record LoadedPhoto(byte[] bytes, ImageKind kind) {
    LoadedPhoto {
        Objects.requireNonNull(bytes, "bytes");
        Objects.requireNonNull(kind, "kind");
    }

    /** The photo as a {@code data:} URL, so that the provider fetches nothing. */
    String dataUrl() {
        return "data:" + kind.mediaType() + ";base64," + Base64.getEncoder().encodeToString(bytes);
    }
}
