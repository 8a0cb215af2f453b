package io.pawline.taskstore;

import java.net.URI;
import java.util.Objects;

/** Where the photo of a task is. */
public sealed interface PhotoSource {

    /** At an address outside. */
    record Remote(URI url) implements PhotoSource {
        public Remote {
            Objects.requireNonNull(url, "url");
        }
    }

    /** Uploaded, and kept in the image store under this key. */
    record Stored(String key) implements PhotoSource {
        public Stored {
            Objects.requireNonNull(key, "key");
        }
    }
}
