package io.pawline.taskstore;

import java.time.Instant;
import java.util.Objects;

/**
 * Holds the idempotency key that a request came with.
 *
 * @param requestHash equal for two requests exactly when they ask for the same
 * @param lapsed a key that was first seen before this moment is free again
 */
public record IdempotencyKey(String value, String requestHash, Instant lapsed) {
    public IdempotencyKey {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(requestHash, "requestHash");
        Objects.requireNonNull(lapsed, "lapsed");
    }
}
