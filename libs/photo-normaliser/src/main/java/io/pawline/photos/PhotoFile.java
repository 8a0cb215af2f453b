package io.pawline.photos;

import java.io.IOException;
import java.util.Optional;

/** A photo whose structure has been read, and found whole and within the limits. Its pixels have not been decoded. */
interface PhotoFile {

    /** The size in pixels, as stored. */
    Size size();

    /** How the stored pixels lie. */
    default Orientation orientation() {
        return Orientation.UPRIGHT;
    }

    /** The colour space of the pixels, unless it is sRGB. */
    default Optional<IccColours> colours() {
        return Optional.empty();
    }

    /**
     * The file without its metadata, if it is what the vision model gets already.
     *
     * @param longestSide most pixels of its longer side
     * @throws PhotoRefusedException if so much of its pixels is damaged that it cannot be used
     */
    default Optional<byte[]> untouched(int longestSide) throws PhotoRefusedException {
        return Optional.empty();
    }

    /**
     * Roughly the most bytes of the heap that {@link #decode} takes, besides those of the file and of its result.
     *
     * @param size of the result
     */
    long memory(Size size);

    /**
     * Roughly the most bytes beside the heap that {@link #decode} takes.
     *
     * @param size of the result
     */
    default long memoryOutside(Size size) {
        return 0;
    }

    /**
     * Decodes the pixels, on white where they are transparent.
     *
     * @param size of the result, not larger than the file's
     * @throws IOException if they cannot be decoded
     */
    Pixels decode(Size size) throws IOException, PhotoRefusedException;

    /** A width and a height in pixels. */
    record Size(int width, int height) {

        /** The size of a picture whose longer side is reduced to so many pixels, or the same size if it is shorter. */
        Size within(int longestSide) {
            int longer = Math.max(width, height);
            if (longer <= longestSide) {
                return this;
            }
            return new Size(scaled(width, longestSide, longer), scaled(height, longestSide, longer));
        }

        long pixels() {
            return (long) width * height;
        }

        private static int scaled(int side, int longest, int longer) {
            return Math.max(1, Math.round((float) side * longest / longer));
        }
    }
}
