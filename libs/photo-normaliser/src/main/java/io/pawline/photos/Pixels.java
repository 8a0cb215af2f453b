package io.pawline.photos;

import java.util.Objects;

/**
 * Decoded pixels, row by row, with eight bits for each sample.
 *
 * @param bands samples of a pixel: 1 (grey), 3 (red, green, blue) or 4 (inks: cyan, magenta, yellow, black)
 * @param samples {@code width * height * bands} of them; treat them as this record's own
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
record Pixels(int width, int height, int bands, byte[] samples) {
    Pixels {
        Objects.requireNonNull(samples, "samples");
        if (bands != 1 && bands != 3 && bands != 4) {
            throw new IllegalArgumentException("pixels have 1, 3 or 4 bands, not " + bands);
        }
        if (samples.length != (long) width * height * bands) {
            throw new IllegalArgumentException(
                    "%d x %d x %d are not %d samples".formatted(width, height, bands, samples.length));
        }
    }

    /** The same pixels with three bands. */
    Pixels inColour() {
        return switch (bands) {
            case 1 -> new Pixels(width, height, 3, repeated());
            case 4 -> Cmyk.toRgb(samples, width, height);
            default -> this;
        };
    }

    private byte[] repeated() {
        byte[] colour = new byte[samples.length * 3];
        for (int from = 0, to = 0; from < samples.length; from++, to += 3) {
            byte grey = samples[from];
            colour[to] = grey;
            colour[to + 1] = grey;
            colour[to + 2] = grey;
        }
        return colour;
    }
}
