package io.pawline.photos;

/**
 * Finds out where the blocks of a component begin to have another brightness or colour than those above them, all along
 * a row. Each block is coded as the difference to the one before, so one wrong difference moves all that follow. Used by
 * one thread.
 */
final class JpegShift {

    /** So many of 256 levels can be seen. */
    private static final int VISIBLE = 16;

    /** The mean of a block lies within 128 levels of grey. Wrong differences add up to more. */
    private static final int OUTSIDE = 160;

    /** The first coefficient of a block is eight times its mean. */
    private static final double PER_LEVEL = 8;

    private final int columns;
    private final double levels;
    /** The means of the last units, of two rows. */
    private final double[] means;

    private int coefficient;
    private int units;
    private double rowsDifference;
    private int moved = -1;
    private int outside = -1;

    /**
     * @param columns units in a row
     * @param step of the coefficient, by the quantisation table
     */
    JpegShift(int columns, int step) {
        this.columns = columns;
        this.levels = step / PER_LEVEL;
        this.means = new double[2 * columns];
    }

    /** Begins anew, with differences to grey. */
    void begin() {
        coefficient = 0;
        units = 0;
        rowsDifference = 0;
        moved = -1;
        outside = -1;
    }

    /** Adds the next block. */
    void addBlock(int difference) {
        coefficient += difference;
    }

    /** The first coefficient of the last block, in steps. */
    int coefficient() {
        return coefficient;
    }

    /** Ends a unit, whose last block says how bright it is. */
    void endUnit() {
        double mean = coefficient * levels;
        if (outside < 0 && Math.abs(mean) > OUTSIDE) {
            outside = units;
        }
        int place = units % means.length;
        int above = (place + columns) % means.length;
        // The sum over the last row, less the sum over the row before
        rowsDifference += mean - 2 * means[above] + means[place];
        means[place] = mean;
        units++;
        if (moved < 0 && units >= means.length && Math.abs(rowsDifference) > (double) VISIBLE * columns) {
            moved = units - columns;
        }
    }

    /** The first unit that cannot be as it is; -1 if all can. */
    int outside() {
        return outside;
    }

    /** The first unit from which on a whole row differs from the one above it; -1 if none does. */
    int moved() {
        return moved;
    }
}
