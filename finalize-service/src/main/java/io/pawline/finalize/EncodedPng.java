package io.pawline.finalize;

import java.util.Objects;

/**
 * A PNG and its size.
 *
 * @param png not copied: treat it as read-only
 * @param width in pixels
 * @param height in pixels
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
record EncodedPng(byte[] png, int width, int height) {
    EncodedPng {
        Objects.requireNonNull(png, "png");
    }
}
