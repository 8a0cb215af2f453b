package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import java.util.Arrays;

/**
 * Scales a picture down by the average over areas, while its rows come from the top to the bottom. It holds one row of
 * sums and the result, so a large photo needs little memory. Used by one thread.
 *
 * <p>In units in which the picture is {@code from * to} high, a source row is {@code to} high and a row of the result
 * {@code from}. So the share of a row in another is a whole number, and the sums are exact.
 */
final class RowAverage {

    private final Size from;
    private final Size to;
    private final int bands;
    private final byte[] result;
    private final int[] sums;
    private int sourceRow;
    private int row;

    /** @param to no larger than {@code from}, with sides of at most 65,535 */
    RowAverage(Size from, Size to, int bands) {
        if (to.width() > from.width()
                || to.height() > from.height()
                || Math.max(from.width(), from.height()) > 65_535) {
            throw new IllegalArgumentException("cannot scale " + from + " down to " + to);
        }
        this.from = from;
        this.to = to;
        this.bands = bands;
        this.result = new byte[Math.toIntExact(to.pixels() * bands)];
        this.sums = new int[from.width() * bands];
    }

    /** Begins anew with the first row. */
    void begin() {
        Arrays.fill(sums, 0);
        sourceRow = 0;
        row = 0;
    }

    /**
     * Adds the next row.
     *
     * @param samples interleaved samples
     * @param offset of the row's first sample
     */
    void add(byte[] samples, int offset) {
        if (row >= to.height()) {
            return;
        }
        if (from.equals(to)) {
            System.arraycopy(samples, offset, result, row * to.width() * bands, to.width() * bands);
            row++;
            return;
        }
        long begin = (long) sourceRow * to.height();
        long end = begin + to.height();
        sourceRow++;
        while (begin < end) {
            long border = (long) (row + 1) * from.height();
            int share = (int) (Math.min(end, border) - begin);
            addToSums(samples, offset, share);
            begin += share;
            if (begin == border) {
                finishRow();
            }
        }
    }

    private void addToSums(byte[] samples, int offset, int share) {
        int[] into = sums;
        for (int at = 0; at < into.length; at++) {
            into[at] += (samples[offset + at] & 0xFF) * share;
        }
    }

    /** Averages the sums along the row. */
    private void finishRow() {
        int out = row * to.width() * bands;
        long whole = (long) from.width() * from.height();
        long half = whole / 2;
        for (int band = 0; band < bands; band++) {
            int column = 0;
            long border = from.width();
            long sum = 0;
            long position = 0;
            for (int at = band; at < sums.length; at += bands) {
                long end = position + to.width();
                if (end < border) {
                    sum += (long) sums[at] * to.width();
                } else {
                    long inside = border - position;
                    sum += sums[at] * inside;
                    result[out + column * bands + band] = (byte) ((sum + half) / whole);
                    column++;
                    border += from.width();
                    sum = sums[at] * (end - border + from.width());
                }
                position = end;
            }
        }
        Arrays.fill(sums, 0);
        row++;
    }

    /**
     * The scaled picture.
     *
     * @throws IllegalStateException if rows are missing
     */
    Pixels result() {
        if (row < to.height()) {
            throw new IllegalStateException("%d rows of %d are missing".formatted(to.height() - row, to.height()));
        }
        return new Pixels(to.width(), to.height(), bands, result);
    }
}
