package io.pawline.stage.provider;

import java.util.Arrays;

/** Counts what happened within the last minute, by the second. Not thread-safe. */
final class MinuteCount {

    static final int SECONDS = 60;
    private static final long SECOND = 1_000_000_000;

    private final long[] counts = new long[SECONDS];
    private final long[] seconds = new long[SECONDS];

    MinuteCount() {
        Arrays.fill(seconds, Long.MIN_VALUE);
    }

    /** Adds what happened at this moment, which may be past. */
    void add(long nanos, long amount) {
        long second = Math.floorDiv(nanos, SECOND);
        int index = Math.floorMod(second, SECONDS);
        if (seconds[index] < second) {
            seconds[index] = second;
            counts[index] = 0;
        }
        if (seconds[index] == second) {
            counts[index] += amount;
        }
    }

    /** Returns the sum over the last minute. */
    long sum(long now) {
        long last = Math.floorDiv(now, SECOND);
        long sum = 0;
        for (int i = 0; i < SECONDS; i++) {
            if (seconds[i] > last - SECONDS && seconds[i] <= last) {
                sum += counts[i];
            }
        }
        return sum;
    }
}
