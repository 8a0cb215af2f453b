package io.pawline.stage.provider;

/**
 * Bounds an {@link AdaptiveLimit}, and says where it starts.
 *
 * @param min calls in flight that are always allowed
 * @param initial calls in flight at the start, before anything is known of the provider
 * @param max calls in flight that are never exceeded
 */
record LimitBounds(int min, int initial, int max) {
    LimitBounds {
        if (min < 1) {
            throw new IllegalArgumentException("min must be > 0, was " + min);
        }
        if (initial < min) {
            throw new IllegalArgumentException("initial must be >= min (" + min + "), was " + initial);
        }
        if (max < initial) {
            throw new IllegalArgumentException("max must be >= initial (" + initial + "), was " + max);
        }
    }
}
