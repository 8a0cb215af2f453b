package io.pawline.simulator.picture;

import java.util.Arrays;

/** Turns a picture into squares of one colour each. */
final class Squares {

    private Squares() {}

    /** Replaces each square by its mean colour in few steps; squares that are mostly empty become empty. */
    static void apply(int[] argb, int width, int side) {
        int height = argb.length / width;
        for (int top = 0; top < height; top += side) {
            for (int left = 0; left < width; left += side) {
                int bottom = Math.min(height, top + side);
                int right = Math.min(width, left + side);
                int color = mean(argb, width, left, top, right, bottom);
                for (int y = top; y < bottom; y++) {
                    Arrays.fill(argb, y * width + left, y * width + right, color);
                }
            }
        }
    }

    private static int mean(int[] argb, int width, int left, int top, int right, int bottom) {
        long alpha = 0;
        long red = 0;
        long green = 0;
        long blue = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                int pixel = argb[y * width + x];
                int weight = pixel >>> 24;
                alpha += weight;
                red += (long) weight * (pixel >> 16 & 0xFF);
                green += (long) weight * (pixel >> 8 & 0xFF);
                blue += (long) weight * (pixel & 0xFF);
            }
        }
        long count = (long) (right - left) * (bottom - top);
        if (alpha * 2 < 255 * count) {
            return 0;
        }
        return 0xFF000000 | few(red / alpha) << 16 | few(green / alpha) << 8 | few(blue / alpha);
    }

    private static int few(long level) {
        return (int) Math.min(255, (level + 8) / 17 * 17);
    }
}
