package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import java.util.List;

/**
 * Says how the blocks of a JPEG's components lie in its picture
 * (<a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, A.1 and A.2</a>).
 */
record JpegLayout(Size size, List<Sampling> samplings) {

    private static final int MOST_SAMPLES = 4;
    private static final int BLOCK_SIDE = 8;

    JpegLayout {
        samplings = List.copyOf(samplings);
    }

    /**
     * The samples of a component in relation to those of the others, in a row and in a column.
     *
     * @param horizontal 1 to 4
     * @param vertical 1 to 4
     */
    record Sampling(int horizontal, int vertical) {
        Sampling {
            if (Math.min(horizontal, vertical) < 1 || Math.max(horizontal, vertical) > MOST_SAMPLES) {
                throw new IllegalArgumentException("there is no sampling of " + horizontal + " x " + vertical);
            }
        }

        /** Reads both numbers from the byte of a frame header. */
        static Sampling of(byte both) {
            return new Sampling(both >> 4 & 15, both & 15);
        }
    }

    int widest() {
        return samplings.stream().mapToInt(Sampling::horizontal).max().orElse(1);
    }

    int highest() {
        return samplings.stream().mapToInt(Sampling::vertical).max().orElse(1);
    }

    /** Units of blocks in a row. A unit has blocks of all components. */
    int unitColumns() {
        return Math.ceilDiv(size.width(), BLOCK_SIDE * widest());
    }

    int unitRows() {
        return Math.ceilDiv(size.height(), BLOCK_SIDE * highest());
    }

    /** Blocks of a component in a row, without those that only fill the last unit. */
    int blockColumns(Sampling sampling) {
        return Math.ceilDiv(Math.ceilDiv(size.width() * sampling.horizontal, widest()), BLOCK_SIDE);
    }

    int blockRows(Sampling sampling) {
        return Math.ceilDiv(Math.ceilDiv(size.height() * sampling.vertical, highest()), BLOCK_SIDE);
    }

    /** Coefficients of all components, nearly. */
    long coefficients() {
        long area = (long) widest() * highest();
        return samplings.stream()
                .mapToLong(sampling -> size.pixels() * sampling.horizontal * sampling.vertical / area)
                .sum();
    }
}
