package io.pawline.finalize;

import java.awt.image.BufferedImage;

/**
 * Halves the width and the height of a picture. Each pixel is the mean of four, and each colour counts by its alpha.
 * RATIONALE.md says why no library does it.
 */
final class HalfSize {

    /** The second and the fourth byte of a pixel. */
    private static final int EVERY_OTHER = 0x00FF_00FF;

    private static final int HALF_OF_FOUR = 0x0002_0002;

    private HalfSize() {}

    /** Half of a picture of {@link BufferedImage#TYPE_4BYTE_ABGR} whose sides are even. */
    static BufferedImage of(BufferedImage image) {
        byte[] abgr = Pixel.abgr(image);
        int width = image.getWidth() / 2;
        int height = image.getHeight() / 2;
        BufferedImage half = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        byte[] halfAbgr = Pixel.abgr(half);
        int row = 4 * image.getWidth();
        int to = 0;
        for (int y = 0; y < height; y++) {
            int from = 2 * y * row;
            for (int x = 0; x < width; x++, from += 8, to += 4) {
                int mean = mean(
                        Pixel.get(abgr, from),
                        Pixel.get(abgr, from + 4),
                        Pixel.get(abgr, from + row),
                        Pixel.get(abgr, from + row + 4));
                Pixel.put(halfAbgr, to, mean);
            }
        }
        return half;
    }

    private static int mean(int a, int b, int c, int d) {
        int alpha = a >>> 24;
        if (alpha == b >>> 24 && alpha == c >>> 24 && alpha == d >>> 24) {
            return alpha == 0 ? 0 : plainMean(a, b, c, d);
        }
        return weightedMean(a, b, c, d);
    }

    /** Adds two bytes at once. The sum of four has room in the byte that is left out. */
    private static int plainMean(int a, int b, int c, int d) {
        int low = (a & EVERY_OTHER) + (b & EVERY_OTHER) + (c & EVERY_OTHER) + (d & EVERY_OTHER);
        int high = ((a >>> 8) & EVERY_OTHER)
                + ((b >>> 8) & EVERY_OTHER)
                + ((c >>> 8) & EVERY_OTHER)
                + ((d >>> 8) & EVERY_OTHER);
        return quarters(low) | (quarters(high) << 8);
    }

    private static int quarters(int sums) {
        return ((sums + HALF_OF_FOUR) >>> 2) & EVERY_OTHER;
    }

    private static int weightedMean(int a, int b, int c, int d) {
        int weight = (a >>> 24) + (b >>> 24) + (c >>> 24) + (d >>> 24);
        int mean = (weight + 2) >>> 2;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int colour = weighted(a, shift) + weighted(b, shift) + weighted(c, shift) + weighted(d, shift);
            mean = (mean << 8) | ((colour + weight / 2) / weight);
        }
        return mean;
    }

    private static int weighted(int pixel, int shift) {
        return (pixel >>> 24) * ((pixel >>> shift) & 0xFF);
    }
}
