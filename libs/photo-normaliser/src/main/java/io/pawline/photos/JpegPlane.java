package io.pawline.photos;

import java.util.Arrays;

/**
 * Holds the coarse coefficients of a component of a JPEG, and computes from them its samples in a smaller size: of each
 * block of 8 x 8 samples {@code across * down}, by the inverse cosine transform of that size. Used by one thread.
 */
final class JpegPlane {

    private static final int SIDE = 8;
    private static final int PLACES = SIDE * SIDE;
    private static final int GREY = 128;

    /** For each place in the order of the file: the row and the column of its coefficient. */
    private static final int[] ROWS = new int[PLACES];

    private static final int[] COLUMNS = new int[PLACES];

    static {
        // Along the diagonals, up and down in turn
        int place = 0;
        for (int sum = 0; sum < 2 * SIDE - 1; sum++) {
            int first = Math.max(0, sum - SIDE + 1);
            int last = Math.min(sum, SIDE - 1);
            for (int step = 0; step <= last - first; step++) {
                ROWS[place] = sum % 2 == 0 ? last - step : first + step;
                COLUMNS[place] = sum - ROWS[place];
                place++;
            }
        }
    }

    private final int blockColumns;
    private final int across;
    private final int down;
    /** For each place: where in a block's coefficients it is; -1 if it is not kept. */
    private final int[] slots = new int[PLACES];

    private final short[] coefficients;
    private final float[] waves;
    private final float[] wavesDown;
    private final float[] steps;
    private boolean hasSteps;
    private final byte[] samples;
    private int row = -1;

    /**
     * Makes a plane without coefficients.
     *
     * @param across samples of a block in a row, 1 to 8
     * @param down samples of a block in a column, 1 to 8
     */
    JpegPlane(int blockColumns, int blockRows, int across, int down) {
        this.blockColumns = blockColumns;
        this.across = across;
        this.down = down;
        this.coefficients = new short[Math.multiplyExact(Math.multiplyExact(blockColumns, blockRows), across * down)];
        this.waves = waves(across);
        this.wavesDown = waves(down);
        this.steps = new float[across * down];
        this.samples = new byte[blockColumns * across * down];
        for (int place = 0; place < PLACES; place++) {
            boolean kept = ROWS[place] < down && COLUMNS[place] < across;
            slots[place] = kept ? ROWS[place] * across + COLUMNS[place] : -1;
        }
    }

    /** The bytes that such a plane takes. */
    static long memory(long blocks, int across, int down) {
        return Short.BYTES * blocks * across * down;
    }

    /** For each sample, the weights of the coefficients. */
    private static float[] waves(int side) {
        float[] waves = new float[side * side];
        for (int sample = 0; sample < side; sample++) {
            for (int wave = 0; wave < side; wave++) {
                double weight = Math.sqrt((wave == 0 ? 1.0 : 2.0) / SIDE);
                waves[sample * side + wave] =
                        (float) (weight * Math.cos((2 * sample + 1) * wave * Math.PI / (2 * side)));
            }
        }
        return waves;
    }

    /** Takes the steps of the coefficients, in the order of the file. The first ones that are taken hold. */
    void use(int[] table) {
        if (hasSteps) {
            return;
        }
        hasSteps = true;
        for (int place = 0; place < PLACES; place++) {
            if (slots[place] >= 0) {
                steps[slots[place]] = table[place];
            }
        }
    }

    /** Puts a coefficient, in steps. One that is too fine for this size is not kept. */
    void put(int block, int place, int value) {
        int slot = slots[place];
        if (slot >= 0) {
            coefficients[block * across * down + slot] = (short) value;
        }
    }

    /** Makes a coefficient that is not zero larger, whatever its sign. */
    void grow(int block, int place, int by) {
        int slot = slots[place];
        if (slot >= 0) {
            int at = block * across * down + slot;
            coefficients[at] += (short) (coefficients[at] < 0 ? -by : by);
        }
    }

    /** Adds to the first coefficient. */
    void addToFirst(int block, int bits) {
        coefficients[block * across * down] |= (short) bits;
    }

    int blockColumns() {
        return blockColumns;
    }

    int across() {
        return across;
    }

    int down() {
        return down;
    }

    /**
     * The samples of a row of blocks: as many rows as {@link #down}, one after the other. They are valid until the next
     * call.
     */
    byte[] samples(int blockRow) {
        if (blockRow != row) {
            row = blockRow;
            int width = blockColumns * across;
            float[] rows = new float[across * down];
            for (int column = 0; column < blockColumns; column++) {
                computeBlock((blockRow * blockColumns + column) * across * down, rows, column * across, width);
            }
        }
        return samples;
    }

    private void computeBlock(int from, float[] rows, int at, int width) {
        Arrays.fill(rows, 0);
        for (int v = 0; v < down; v++) {
            for (int u = 0; u < across; u++) {
                float value = coefficients[from + v * across + u] * steps[v * across + u];
                if (value != 0) {
                    for (int x = 0; x < across; x++) {
                        rows[v * across + x] += value * waves[x * across + u];
                    }
                }
            }
        }
        for (int y = 0; y < down; y++) {
            for (int x = 0; x < across; x++) {
                float sample = GREY;
                for (int v = 0; v < down; v++) {
                    sample += rows[v * across + x] * wavesDown[y * down + v];
                }
                samples[at + y * width + x] = (byte) Math.clamp(Math.round(sample), 0, 255);
            }
        }
    }
}
