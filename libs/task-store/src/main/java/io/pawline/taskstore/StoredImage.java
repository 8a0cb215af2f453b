package io.pawline.taskstore;

import java.util.Objects;

/**
 * Names one finished picture in the image store.
 *
 * @param width in pixels, 1 or more
 * @param height in pixels, 1 or more
 */
public record StoredImage(String key, int width, int height) {
    public StoredImage {
        Objects.requireNonNull(key, "key");
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture's sides must be > 0, were " + width + " x " + height);
        }
    }
}
