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

    private void merge() {
        Arrays.sort(gathered, 0, gatheredSize);
        long[] merged = new long[numbers.length + gatheredSize];
        long[] mergedCounts = new long[merged.length];
        int size = 0;
        int known = 0;
        int next = 0;
        while (known < numbers.length || next < gatheredSize) {
            boolean isKnown = next == gatheredSize || (known < numbers.length && numbers[known] <= gathered[next]);
            long number = isKnown ? numbers[known] : gathered[next];
            if (size == 0 || merged[size - 1] != number) {
                merged[size++] = number;
            }
            mergedCounts[size - 1] += isKnown ? counts[known++] : 1;
            next += isKnown ? 0 : 1;
        }
        numbers = Arrays.copyOf(merged, size);
        counts = Arrays.copyOf(mergedCounts, size);
        gatheredSize = 0;
    }
}
