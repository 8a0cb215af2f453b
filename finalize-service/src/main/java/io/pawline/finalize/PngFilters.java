package io.pawline.finalize;

/**
 * Removes the <a href="https://www.w3.org/TR/png-3/#9Filters">filters of PNG</a> from rows of 4 bytes a pixel. All
 * bytes of a pixel are one number, and each is added by itself.
 */
final class PngFilters {

    private static final int PIXEL = 4;

    private PngFilters() {}

    /**
     * Removes the filter of a row in place.
     *
     * @param filter number of the filter
     * @param row where the row begins in {@code rows}, behind the number of its filter
     * @param above where the row above begins, whose filter is removed; negative for the first row of a picture
     * @param length bytes of a row
     * @return false if there is no such filter; the row is then useless
     */
    static boolean remove(int filter, byte[] rows, int row, int above, int length) {
        switch (filter) {
            case 0 -> {}
            case 1 -> removeSub(rows, row, length);
            case 2 -> {
                // Above the first row, everything is 0
                if (above >= 0) {
                    removeUp(rows, row, above, length);
                }
            }
            case 3 -> removeAverage(rows, row, above, length);
            case 4 -> {
                if (above >= 0) {
                    removePaeth(rows, row, above, length);
                } else {
                    removeSub(rows, row, length); // Paeth is the same as Sub in the first row
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void removeSub(byte[] rows, int row, int length) {
        int left = 0;
        for (int i = row; i < row + length; i += PIXEL) {
            left = Pixel.plus(Pixel.get(rows, i), left);
            Pixel.put(rows, i, left);
        }
    }

    private static void removeUp(byte[] rows, int row, int above, int length) {
        int pairs = length & -2 * PIXEL;
        for (int i = 0; i < pairs; i += 2 * PIXEL) {
            Pixel.putTwo(rows, row + i, Pixel.plus(Pixel.getTwo(rows, row + i), Pixel.getTwo(rows, above + i)));
        }
        if (pairs < length) {
            int last = Pixel.plus(Pixel.get(rows, row + pairs), Pixel.get(rows, above + pairs));
            Pixel.put(rows, row + pairs, last);
        }
    }

    private static void removeAverage(byte[] rows, int row, int above, int length) {
        int left = 0;
        for (int i = 0; i < length; i += PIXEL) {
            int up = above < 0 ? 0 : Pixel.get(rows, above + i);
            left = Pixel.plus(Pixel.get(rows, row + i), Pixel.mean(left, up));
            Pixel.put(rows, row + i, left);
        }
    }

    private static void removePaeth(byte[] rows, int row, int above, int length) {
        int left = 0;
        int upLeft = 0;
        for (int i = 0; i < length; i += PIXEL) {
            int up = Pixel.get(rows, above + i);
            left = Pixel.plus(Pixel.get(rows, row + i), paeth(left, up, upLeft));
            Pixel.put(rows, row + i, left);
            upLeft = up;
        }
    }

    /** The prediction of all four bytes. Where nothing changes in one direction, it is the neighbour in the other. */
    private static int paeth(int left, int up, int upLeft) {
        if (up == upLeft) {
            return left;
        }
        if (left == upLeft) {
            return up;
        }
        return paeth(left, up, upLeft, 0)
                | paeth(left, up, upLeft, 8)
                | paeth(left, up, upLeft, 16)
                | paeth(left, up, upLeft, 24);
    }

    /**
     * The prediction of one byte, at its place. It is that of left, up and upper left which is the nearest to left + up -
     * upper left. Seen from the smaller and the larger of left and up, this depends on one number (as in <a
     * href="https://github.com/nothings/stb/blob/master/stb_image.h">stb_image</a>). There is no branch, because no
     * processor could predict it.
     */
    private static int paeth(int left, int up, int upLeft, int shift) {
        int a = left >>> shift & 0xFF;
        int b = up >>> shift & 0xFF;
        int c = upLeft >>> shift & 0xFF;
        int smaller = Math.min(a, b);
        int larger = Math.max(a, b);
        int threshold = 3 * c - a - b;
        // All ones if the larger is above the threshold, otherwise 0
        int below = (threshold - larger) >> 31;
        int nearest = smaller ^ ((smaller ^ c) & below);
        int above = (smaller - threshold) >> 31;
        return (larger ^ ((larger ^ nearest) & above)) << shift;
    }
}
