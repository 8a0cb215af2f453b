package io.pawline.finalize;

import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums up what is needed of the pixels of a cut-out while they come: how many are visible, and its reduced pictures.
 * Not thread-safe.
 */
final class CutOutPixels implements PixelRows {

    /**
     * The bits that say of two pixels whether they are visible. The least alpha of a visible pixel is 128: a matting
     * model leaves a haze, both in the background and in the animal.
     */
    private static final long VISIBLE = 0x0000_0080_0000_0080L;

    private final int width;
    private final int height;
    private final Map<Integer, AreaAverage> reduced = new LinkedHashMap<>();
    private long visible;

    /**
     * Begins with a cut-out.
     *
     * @param width of it in pixels
     * @param height of it in pixels
     * @param sizes longest sides of the reduced pictures; those that are not smaller are left out
     */
    CutOutPixels(int width, int height, List<Integer> sizes) {
        this.width = width;
        this.height = height;
        int longest = Math.max(width, height);
        sizes.stream()
                .filter(size -> size < longest)
                .forEach(size -> reduced.put(
                        size,
                        new AreaAverage(width, height, scaled(width, size, longest), scaled(height, size, longest))));
    }

    private static int scaled(int side, int size, int longest) {
        return Math.max(1, Math.round((float) side * size / longest));
    }

    @Override
    public void take(byte[] rgba, int from) {
        visible += visible(rgba, from);
        for (AreaAverage average : reduced.values()) {
            average.take(rgba, from);
        }
    }

    private int visible(byte[] rgba, int from) {
        int count = 0;
        int end = from + 4 * width;
        int pixel = from;
        for (; pixel <= end - 8; pixel += 8) {
            count += Long.bitCount(Pixel.getTwo(rgba, pixel) & VISIBLE);
        }
        return pixel < end ? count + Integer.bitCount(Pixel.get(rgba, pixel) & (int) VISIBLE) : count;
    }

    /** The share of the pixels that are visible, from 0 to 1, when all were taken. */
    double visibleShare() {
        return visible / ((double) width * height);
    }

    /** The reduced pictures by their size, when all pixels were taken. */
    Map<Integer, BufferedImage> reduced() {
        Map<Integer, BufferedImage> pictures = new LinkedHashMap<>();
        reduced.forEach((size, average) -> pictures.put(size, average.picture()));
        return pictures;
    }
}
