package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;

/** Checks the size of a photo before anything of it is decoded. */
final class Limits {

    /** The most that most formats have room for, and more than any camera makes. */
    private static final int MOST_SIDE = 65_535;

    private Limits() {}

    /** @throws PhotoRefusedException if there is no pixel, or there are more than allowed */
    static void check(Size size, long maxPixels, PhotoFormat format) throws PhotoRefusedException {
        if (size.width() < 1 || size.height() < 1) {
            throw PhotoRefusedException.damaged(format);
        }
        if (size.pixels() > maxPixels || Math.max(size.width(), size.height()) > MOST_SIDE) {
            throw PhotoRefusedException.tooLarge("has %d x %d pixels, %d in all are allowed: scale it down"
                    .formatted(size.width(), size.height(), maxPixels));
        }
    }
}
