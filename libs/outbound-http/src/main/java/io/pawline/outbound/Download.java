package io.pawline.outbound;

import java.util.Objects;

/** Says what came of downloading a file, of whichever kind. */
public sealed interface Download permits Download.File, Fetched.NotFetched {

    /**
     * A file of an allowed size. Nobody has looked at it.
     *
     * @param host that it came from
     * @param bytes of the file. Not copied: treat them as read-only
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record File(String host, byte[] bytes) implements Download {
        public File {
            Objects.requireNonNull(host, "host");
            Objects.requireNonNull(bytes, "bytes");
        }
    }
}
