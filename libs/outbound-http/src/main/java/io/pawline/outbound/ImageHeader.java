package io.pawline.outbound;

import java.util.Objects;

/**
 * Reads the kind and size of an image from its first bytes. Nothing is decoded.
 *
 * @param width in pixels, as stored, before any EXIF rotation
 * @param height in pixels, as stored, before any EXIF rotation
 */
public record ImageHeader(ImageKind kind, int width, int height) {
    public ImageHeader {
        Objects.requireNonNull(kind, "kind");
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image has at least one pixel, was " + width + " x " + height);
        }
    }

    public long pixels() {
        return (long) width * height;
    }
}
