package io.pawline.mattingmodel.cutout;

import java.util.Objects;

/**
 * Holds one number for each cell of a grid that lies over a picture, row by row.
 *
 * @param values not copied; whoever makes the grid fills them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; its maker fills it
record Grid(int width, int height, float[] values) {

    Grid {
        Objects.requireNonNull(values, "values");
        if (width < 1 || height < 1 || values.length != (long) width * height) {
            throw new IllegalArgumentException("%d x %d cells are not %d".formatted(width, height, values.length));
        }
    }

    Grid(int width, int height) {
        this(width, height, new float[width * height]);
    }

    /** Calculates a number from another. */
    @FunctionalInterface
    interface Function {
        float of(float value);
    }

    Grid map(Function function) {
        Grid result = new Grid(width, height);
        for (int cell = 0; cell < values.length; cell++) {
            result.values[cell] = function.of(values[cell]);
        }
        return result;
    }

    Grid times(Grid other) {
        Grid result = new Grid(width, height);
        for (int cell = 0; cell < values.length; cell++) {
            result.values[cell] = values[cell] * other.values[cell];
        }
        return result;
    }

    /** The numbers moved and stretched so that the least is 0 and the greatest is 1; all 0 where all are the same. */
    Grid fromZeroToOne() {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        float from = least;
        float range = most - least;
        return map(value -> range > 0 ? (value - from) / range : 0);
    }

    /** The same over a grid of another size. */
    Grid resized(int toWidth, int toHeight) {
        if (toWidth == width && toHeight == height) {
            return this;
        }
        Grid result = new Grid(toWidth, toHeight);
        Rows rows = new Rows(this, toWidth, toHeight);
        for (int y = 0; y < toHeight; y++) {
            System.arraycopy(rows.row(y), 0, result.values, y * toWidth, toWidth);
        }
        return result;
    }

    /** The average over the square of cells around each, which reaches so far to each side and ends at the border. */
    Grid blurred(int reach) {
        Grid across = new Grid(width, height);
        float[] sums = new float[Math.max(width, height) + 1];
        for (int y = 0; y < height; y++) {
            blurLine(values, y * width, 1, width, reach, sums, across.values);
        }
        Grid result = new Grid(width, height);
        for (int x = 0; x < width; x++) {
            blurLine(across.values, x, width, height, reach, sums, result.values);
        }
        return result;
    }

    private static void blurLine(float[] from, int begin, int step, int count, int reach, float[] sums, float[] into) {
        double sum = 0;
        for (int at = 0; at < count; at++) {
            sum += from[begin + at * step];
            sums[at + 1] = (float) sum;
        }
        for (int at = 0; at < count; at++) {
            int first = Math.max(0, at - reach);
            int end = Math.min(count, at + reach + 1);
            into[begin + at * step] = (sums[end] - sums[first]) / (end - first);
        }
    }

    /** Gives a grid row by row in another size, between its cells. One row is valid until the next is asked for. */
    static final class Rows {

        private final Grid grid;
        private final LineScaling columns;
        private final LineScaling lines;
        private final float[] row;
        private final float[] line;

        Rows(Grid grid, int toWidth, int toHeight) {
            this.grid = grid;
            this.columns = LineScaling.of(grid.width, toWidth);
            this.lines = LineScaling.of(grid.height, toHeight);
            this.row = new float[toWidth];
            this.line = new float[grid.width];
        }

        float[] row(int y) {
            for (int x = 0; x < line.length; x++) {
                float value = 0;
                for (int part = lines.first(y); part < lines.first(y + 1); part++) {
                    value += lines.share(part) * grid.values[lines.source(part) * grid.width + x];
                }
                line[x] = value;
            }
            for (int x = 0; x < row.length; x++) {
                float value = 0;
                for (int part = columns.first(x); part < columns.first(x + 1); part++) {
                    value += columns.share(part) * line[columns.source(part)];
                }
                row[x] = value;
            }
            return row;
        }
    }
}
