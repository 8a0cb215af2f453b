package io.pawline.finalize;

/**
 * Removes the <a href="https://www.w3.org/TR/png-3/#9Filters">filters of PNG</a> from rows of 4 bytes a pixel. Every
 * row begins with the number of its filter.
 */
final class PngFilters {

    private static final int PIXEL = 4;

    private PngFilters() {}

    /**
     * Removes the filters in place. Their numbers stay.
     *
     * @param length bytes of a row without the number of its filter
     * @return false if a row has an unknown filter; the rows are then useless
     */
    static boolean remove(byte[] rows, int length, int height) {
        for (int y = 0; y < height; y++) {
            int row = y * (length + 1) + 1;
            // Above the first row, everything is 0
            int above = row - length - 1;
            switch (rows[row - 1]) {
                case 0 -> {}
                case 1 -> removeSub(rows, row, length);
                case 2 -> {
                    if (y > 0) {
                        removeUp(rows, row, above, length);
                    }
                }
                case 3 -> removeAverage(rows, row, y > 0 ? above : -1, length);
                case 4 -> {
                    if (y > 0) {
                        removePaeth(rows, row, above, length);
                    } else {
                        removeSub(rows, row, length); // Paeth is the same as Sub in the first row
                    }
                }
                default -> {
                    return false;
                }
            }
        }
        return true;
    }

    private static void removeSub(byte[] rows, int row, int length) {
        for (int i = row + PIXEL; i < row + length; i++) {
            rows[i] += rows[i - PIXEL];
        }
    }

    private static void removeUp(byte[] rows, int row, int above, int length) {
        for (int i = 0; i < length; i++) {
            rows[row + i] += rows[above + i];
        }
    }

    private static void removeAverage(byte[] rows, int row, int above, int length) {
        for (int i = 0; i < length; i++) {
            int left = i < PIXEL ? 0 : Byte.toUnsignedInt(rows[row + i - PIXEL]);
            int up = above < 0 ? 0 : Byte.toUnsignedInt(rows[above + i]);
            rows[row + i] += (byte) ((left + up) >> 1);
        }
    }

    private static void removePaeth(byte[] rows, int row, int above, int length) {
        for (int i = 0; i < PIXEL; i++) {
            rows[row + i] += rows[above + i]; // Paeth is the same as Up at the left edge
        }
        for (int i = PIXEL; i < length; i++) {
            int left = Byte.toUnsignedInt(rows[row + i - PIXEL]);
            int up = Byte.toUnsignedInt(rows[above + i]);
            int upLeft = Byte.toUnsignedInt(rows[above + i - PIXEL]);
            int toLeft = Math.abs(up - upLeft);
            int toUp = Math.abs(left - upLeft);
            int toUpLeft = Math.abs(left + up - 2 * upLeft);
            rows[row + i] += (byte) (toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft);
        }
    }
}
