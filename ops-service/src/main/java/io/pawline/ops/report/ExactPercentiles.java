package io.pawline.ops.report;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often each whole number occurred, and finds their exact percentiles. Its memory grows with the different
 * numbers, not with all: 16 bytes each, three times that for moments. For one thread.
 *
 * <p>New numbers are gathered, and merged into the sorted ones when there are as many of them. So a number costs the
 * sorting of its part and two moves on average, however many there are.
 */
final class ExactPercentiles {

    private static final int FEWEST_GATHERED = 1_024;

    private long[] numbers = {};
    private long[] counts = {};
    private long[] gathered = new long[FEWEST_GATHERED];
    private int gatheredSize;
    private long size;

    void add(long number) {
        if (gatheredSize == gathered.length) {
            merge();
            gathered = new long[Math.max(FEWEST_GATHERED, numbers.length)];
        }
        gathered[gatheredSize++] = number;
        size++;
    }

    /**
     * Finds the smallest number that this share of all does not exceed, as {@code percentile_disc} of SQL does.
     *
     * @param share from 0 to 1
     * @return null: there is no number
     */
    @Nullable
    Long at(double share) {
        merge();
        long rank = (long) Math.ceil(share * size);
        long passed = 0;
        for (int i = 0; i < numbers.length; i++) {
            passed += counts[i];
            if (passed >= rank) {
                return numbers[i];
            }
        }
        return null;
    }

    /** Writes all numbers and how often each occurred: a few bytes for each different one. */
    byte[] bytes() {
        merge();
        Varints.Writer bytes = new Varints.Writer();
        long last = 0;
        for (int i = 0; i < numbers.length; i++) {
            bytes.add(numbers[i] - last);
            bytes.add(counts[i]);
            last = numbers[i];
        }
        return bytes.bytes();
    }

    /** Adds what {@link #bytes} wrote. */
    void add(byte[] bytes) {
        merge();
        Varints.Reader reader = new Varints.Reader(bytes);
        long[] more = new long[16];
        long[] moreCounts = new long[16];
        int moreSize = 0;
        for (long last = 0; reader.hasNext(); moreSize++) {
            if (moreSize == more.length) {
                more = Arrays.copyOf(more, 2 * moreSize);
                moreCounts = Arrays.copyOf(moreCounts, 2 * moreSize);
            }
            last += reader.next();
            more[moreSize] = last;
            moreCounts[moreSize] = reader.next();
            size += moreCounts[moreSize];
        }
        merge(more, moreCounts, moreSize);
    }

    /** The number of all that were added. */
    long size() {
        return size;
    }

    private void merge() {
        Arrays.sort(gathered, 0, gatheredSize);
        long[] ones = new long[gatheredSize];
        Arrays.fill(ones, 1);
        merge(gathered, ones, gatheredSize);
        gatheredSize = 0;
    }

    /** Merges sorted numbers, of which the same may come several times. */
    private void merge(long[] more, long[] moreCounts, int moreSize) {
        if (moreSize == 0) {
            return;
        }
        long[] merged = new long[numbers.length + moreSize];
        long[] mergedCounts = new long[merged.length];
        int mergedSize = 0;
        int known = 0;
        int next = 0;
        while (known < numbers.length || next < moreSize) {
            boolean isKnown = next == moreSize || (known < numbers.length && numbers[known] <= more[next]);
            long number = isKnown ? numbers[known] : more[next];
            if (mergedSize == 0 || merged[mergedSize - 1] != number) {
                merged[mergedSize++] = number;
            }
            mergedCounts[mergedSize - 1] += isKnown ? counts[known++] : moreCounts[next++];
        }
        numbers = Arrays.copyOf(merged, mergedSize);
        counts = Arrays.copyOf(mergedCounts, mergedSize);
    }
}
