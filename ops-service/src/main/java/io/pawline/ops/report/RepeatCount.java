package io.pawline.ops.report;

import java.util.Arrays;

/**
 * Counts numbers that were there before: hashes of what tasks say. The count is exact up to {@link #MOST} different
 * numbers. From then on, the different ones are estimated from every second, every fourth, … of them, so that the memory
 * does not grow; the estimate is within some in a thousand. For one thread.
 *
 * @see <a href="https://doi.org/10.1145/375551.375565">Gibbons: Distinct sampling</a>
 */
final class RepeatCount {

    static final int MOST = 1 << 21;

    /** Numbers by their last bits, each in the first free place from there on. 0 is a free place. */
    private long[] numbers = new long[1_024];

    /** Different numbers that are kept, without 0. */
    private int size;

    private boolean hasZero;

    /** Numbers that were added, the same ones counted again. */
    private long all;

    /** Only numbers with so many zeros at their beginning are kept. */
    private int zeros;

    void add(long number) {
        all++;
        keep(number);
    }

    private void keep(long number) {
        if (Long.numberOfLeadingZeros(number) < zeros) {
            return;
        }
        if (number == 0) {
            hasZero = true;
            return;
        }
        int place = place(number);
        if (numbers[place] == 0) {
            numbers[place] = number;
            size++;
            if (size > numbers.length / 2) {
                makeRoom();
            }
        }
    }

    /** The place that has this number, or would. */
    private int place(long number) {
        int mask = numbers.length - 1;
        int place = (int) number & mask;
        while (numbers[place] != 0 && numbers[place] != number) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void makeRoom() {
        if (size > MOST) {
            thinOut(zeros + 1);
        } else {
            keepAll(numbers, 2 * numbers.length);
        }
    }

    private void thinOut(int toZeros) {
        if (toZeros > zeros) {
            zeros = toZeros;
            keepAll(numbers, numbers.length);
        }
    }

    private void keepAll(long[] known, int places) {
        numbers = new long[places];
        size = 0;
        for (long number : known) {
            if (number != 0) {
                keep(number);
            }
        }
    }

    /** How many of all numbers were there before. */
    long count() {
        return Math.max(0, all - ((long) (size + (hasZero ? 1 : 0)) << zeros));
    }

    /** Writes what is known of all numbers. */
    byte[] bytes() {
        long[] sorted =
                Arrays.stream(numbers).filter(number -> number != 0).sorted().toArray();
        Varints.Writer bytes = new Varints.Writer();
        bytes.add(zeros);
        bytes.add(all);
        bytes.add(hasZero ? 1 : 0);
        for (int i = 0; i < sorted.length; i++) {
            bytes.add(i == 0 ? sorted[i] : sorted[i] - sorted[i - 1]);
        }
        return bytes.bytes();
    }

    /** Adds what {@link #bytes} wrote. */
    void add(byte[] bytes) {
        Varints.Reader reader = new Varints.Reader(bytes);
        thinOut((int) reader.next());
        all += reader.next();
        hasZero |= reader.next() == 1;
        for (long last = 0; reader.hasNext(); ) {
            last += reader.next();
            keep(last);
        }
    }
}
