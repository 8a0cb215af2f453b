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

    private long[] numbers = new long[1_024];
    private int size;

    /** Numbers that were added, the same ones counted again. */
    private long all;

    /** Only numbers with so many zeros at their end are kept. */
    private int zeros;

    void add(long number) {
        all++;
        keep(number);
    }

    private void keep(long number) {
        if ((number & ((1L << zeros) - 1)) != 0) {
            return;
        }
        if (size == numbers.length) {
            removeDoubles();
            if (size > numbers.length / 2) {
                makeRoom();
                keep(number);
                return;
            }
        }
        numbers[size++] = number;
    }

    private void makeRoom() {
        if (numbers.length < 2 * MOST) {
            numbers = Arrays.copyOf(numbers, 2 * numbers.length);
        } else {
            thinOut(zeros + 1);
        }
    }

    private void removeDoubles() {
        Arrays.sort(numbers, 0, size);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (kept == 0 || numbers[kept - 1] != numbers[i]) {
                numbers[kept++] = numbers[i];
            }
        }
        size = kept;
    }

    private void thinOut(int toZeros) {
        zeros = Math.max(zeros, toZeros);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if ((numbers[i] & ((1L << zeros) - 1)) == 0) {
                numbers[kept++] = numbers[i];
            }
        }
        size = kept;
    }

    /** How many of all numbers were there before. */
    long count() {
        removeDoubles();
        return Math.max(0, all - ((long) size << zeros));
    }

    /** Writes what is known of all numbers. */
    byte[] bytes() {
        removeDoubles();
        Varints.Writer bytes = new Varints.Writer();
        bytes.add(zeros);
        bytes.add(all);
        for (int i = 0; i < size; i++) {
            bytes.add(i == 0 ? numbers[i] : numbers[i] - numbers[i - 1]);
        }
        return bytes.bytes();
    }

    /** Adds what {@link #bytes} wrote. */
    void add(byte[] bytes) {
        Varints.Reader reader = new Varints.Reader(bytes);
        thinOut((int) reader.next());
        all += reader.next();
        for (long last = 0; reader.hasNext(); ) {
            last += reader.next();
            keep(last);
        }
    }
}
