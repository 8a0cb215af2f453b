package io.pawline.mattingmodel.cutout;

import java.util.Arrays;

/**
 * Says of which pixels of a line each pixel of a shorter or longer line is made, and with which shares. The shares of one
 * pixel add up to 1. Immutable.
 */
final class LineScaling {

    private final int[] firsts;
    private final int[] sources;
    private final float[] shares;

    private LineScaling(int[] firsts, int[] sources, float[] shares) {
        this.firsts = firsts;
        this.sources = sources;
        this.shares = shares;
    }

    static LineScaling of(int from, int to) {
        return to <= from ? averages(from, to) : betweenNeighbours(from, to);
    }

    /** Each pixel of the shorter line is the average of an area. */
    private static LineScaling averages(int from, int to) {
        int[] firsts = new int[to + 1];
        int[] sources = new int[from + to];
        float[] shares = new float[from + to];
        double scale = (double) from / to;
        int count = 0;
        for (int x = 0; x < to; x++) {
            firsts[x] = count;
            double begin = x * scale;
            double end = (x + 1) * scale;
            for (int source = (int) begin; source < Math.min(from, Math.ceil(end - 1e-9)); source++) {
                sources[count] = source;
                shares[count++] = (float) ((Math.min(end, source + 1) - Math.max(begin, source)) / scale);
            }
        }
        firsts[to] = count;
        return new LineScaling(firsts, Arrays.copyOf(sources, count), Arrays.copyOf(shares, count));
    }

    /** Each pixel of the longer line lies between two neighbours. */
    private static LineScaling betweenNeighbours(int from, int to) {
        int[] firsts = new int[to + 1];
        int[] sources = new int[2 * to];
        float[] shares = new float[2 * to];
        for (int x = 0; x < to; x++) {
            double place = Math.clamp((x + 0.5) * from / to - 0.5, 0, from - 1);
            int left = (int) place;
            float right = (float) (place - left);
            firsts[x] = 2 * x;
            sources[2 * x] = left;
            shares[2 * x] = 1 - right;
            sources[2 * x + 1] = Math.min(left + 1, from - 1);
            shares[2 * x + 1] = right;
        }
        firsts[to] = 2 * to;
        return new LineScaling(firsts, sources, shares);
    }

    /** The first part of this pixel; the parts go on up to the first one of the next pixel. */
    int first(int pixel) {
        return firsts[pixel];
    }

    int source(int part) {
        return sources[part];
    }

    float share(int part) {
        return shares[part];
    }
}
