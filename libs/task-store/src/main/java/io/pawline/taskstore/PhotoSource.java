package io.pawline.taskstore;

import java.net.URI;
import java.util.Objects;

/** Says where the photo of a task is. */
public sealed interface PhotoSource {

    /** The photo is at an address outside. */
    record Remote(URI url) implements PhotoSource {
        public Remote {
            Objects.requireNonNull(url, "url");
        }
    }

    /** The photo was uploaded, and the image store keeps it under this key. */
    record Stored(String key) implements PhotoSource {
        public Stored {
            Objects.requireNonNull(key, "key");
        }
    }
}
