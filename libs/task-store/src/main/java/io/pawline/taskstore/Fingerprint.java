package io.pawline.taskstore;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Recognises by a hash that two tasks ask for the same.
 *
 * @param value equal for both tasks
 * @param since a task submitted at this moment or before does not count; null: none counts
 */
public record Fingerprint(String value, @Nullable Instant since) {
    public Fingerprint {
        Objects.requireNonNull(value, "value");
    }
}
