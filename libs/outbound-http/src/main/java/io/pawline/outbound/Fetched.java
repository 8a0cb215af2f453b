package io.pawline.outbound;

import java.util.Objects;

/** Says what came of fetching an image. */
public sealed interface Fetched {

    /**
     * An image of an accepted kind and size. Its header has been read, and its pixels have not.
     *
     * @param bytes the file, unchanged. Not copied: treat it as read-only
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record Image(byte[] bytes, ImageKind kind) implements Fetched {
        public Image {
            Objects.requireNonNull(bytes, "bytes");
            Objects.requireNonNull(kind, "kind");
        }
    }

    /**
     * There is no image.
     *
     * @param retryable whether the same fetch may succeed later
     * @param detail one sentence for a person; it names the host and never the path or the query
     */
    record NotFetched(FetchFailure failure, boolean retryable, String detail) implements Fetched, Download {
        public NotFetched {
            Objects.requireNonNull(failure, "failure");
            Objects.requireNonNull(detail, "detail");
        }
    }
}
