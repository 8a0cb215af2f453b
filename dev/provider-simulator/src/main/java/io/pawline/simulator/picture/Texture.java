package io.pawline.simulator.picture;

import java.util.SplittableRandom;

/** Makes the paint lighter or darker, point by point, with a tile of 256 x 256 points. Immutable. */
final class Texture {

    private static final int SIZE = 256;

    static final Texture NONE = new Texture(0, (_, _, _, _, _) -> 0);

    /** Pools of pigment and paper grain. */
    static final Texture WASH = new Texture(1, (x, y, coarse, fine, random) -> {
        int bentX = x + (int) (fine[at(y, x)] * 26 + coarse[at(y, x)] * 40);
        int bentY = y + (int) (fine[at(x + 99, y)] * 26 + coarse[at(x + 77, y + 55)] * 40);
        double pool = coarse[at(bentX, bentY)] - 0.5;
        double rim = Math.abs(pool) < 0.03 ? -22 : 0;
        return (int) (pool * 105 + rim + (fine[at(x, y)] - 0.5) * 34 + random.nextInt(-7, 8));
    });

    /** A printer's dots. */
    static final Texture HALFTONE = new Texture(2, (x, y, coarse, fine, random) -> {
        int row = y / 8;
        double right = (x + (row & 1) * 4) % 8 - 3.5;
        double down = y % 8 - 3.5;
        return Math.clamp((int) ((2.9 - Math.hypot(right, down)) * 60), 0, 1) * 46 - 8;
    });

    /** A pencil's strokes, crossed. */
    static final Texture HATCH = new Texture(3, (x, y, coarse, fine, random) -> {
        int wobble = (int) (fine[at(x, y)] * 5);
        int one = (x + y + wobble) % 8 < 2 ? -42 : 0;
        int other = (x - y + 512 + wobble) % 16 < 2 && coarse[at(x, y)] > 0.45 ? -34 : 0;
        return one + other + random.nextInt(-6, 16);
    });

    /** Short strokes of a full brush. */
    static final Texture BRUSH = new Texture(4, (x, y, coarse, fine, random) -> {
        double bend = coarse[at(x, y)] * 60;
        int stroke = at(((int) (x * 0.25 + bend * 0.4)) * 7, ((int) (y + bend + x * 0.5)) / 5 * 5);
        return (int) ((fine[stroke & 0xFFFF] - 0.5) * 92) + random.nextInt(-4, 5);
    });

    /** Flat facets, as of folded paper. */
    static final Texture FACETS = new Texture(5, (x, y, coarse, fine, random) -> {
        int cellX = x / 32;
        int cellY = y / 32;
        boolean upper = (cellX + cellY) % 2 == 0 ? x % 32 > y % 32 : x % 32 + y % 32 < 32;
        long mixed = (cellX * 31L + cellY * 17L + (upper ? 7 : 0)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 58) - 32;
    });

    /** The grain of old film. */
    static final Texture GRAIN = new Texture(6, (x, y, coarse, fine, random) -> {
        return random.nextInt(-22, 23) + (int) ((coarse[at(x, y)] - 0.5) * 30);
    });

    /** Clouds and stars. */
    static final Texture STARS = new Texture(7, (x, y, coarse, fine, random) -> {
        int star = random.nextInt(260) == 0 ? random.nextInt(90, 230) : 0;
        return (int) ((coarse[at(x, y)] - 0.45) * 150) + star;
    });

    /**
     * How much lighter (at most 127) or darker (at least -128) a point is, given smooth noise and a roll of the dice.
     */
    @FunctionalInterface
    private interface Surface {
        int lightness(int x, int y, double[] coarse, double[] fine, SplittableRandom random);
    }

    private final byte[] tile = new byte[SIZE * SIZE];

    private Texture(long seed, Surface surface) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] coarse = noise(8, random);
        double[] fine = noise(64, random);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                tile[at(x, y)] = (byte) Math.clamp(surface.lightness(x, y, coarse, fine, random), -128, 127);
            }
        }
    }

    /** Lays the surface over every point that is not transparent. */
    void apply(int[] argb, int width) {
        if (this == NONE) {
            return;
        }
        for (int i = 0; i < argb.length; i++) {
            int pixel = argb[i];
            if (pixel >>> 24 != 0) {
                int lighter = tile[at(i % width, i / width)];
                argb[i] = (pixel & 0xFF000000)
                        | clamp((pixel >> 16 & 0xFF) + lighter) << 16
                        | clamp((pixel >> 8 & 0xFF) + lighter) << 8
                        | clamp((pixel & 0xFF) + lighter);
            }
        }
    }

    private static int clamp(int value) {
        return value < 0 ? 0 : Math.min(value, 255);
    }

    private static int at(int x, int y) {
        return ((y & (SIZE - 1)) << 8) | (x & (SIZE - 1));
    }

    /** Smooth noise that repeats at the tile's edges, 0 to 1. */
    private static double[] noise(int cells, SplittableRandom random) {
        double[] lattice = random.doubles((long) cells * cells).toArray();
        double[] noise = new double[SIZE * SIZE];
        int step = SIZE / cells;
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int left = x / step;
                int top = y / step;
                double right = smooth((double) (x % step) / step);
                double down = smooth((double) (y % step) / step);
                double upper = lerp(lattice[top * cells + left], lattice[top * cells + (left + 1) % cells], right);
                int below = (top + 1) % cells;
                double lower = lerp(lattice[below * cells + left], lattice[below * cells + (left + 1) % cells], right);
                noise[at(x, y)] = lerp(upper, lower, down);
            }
        }
        return noise;
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double lerp(double from, double to, double share) {
        return from + (to - from) * share;
    }
}
