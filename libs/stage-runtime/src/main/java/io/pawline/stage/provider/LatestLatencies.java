package io.pawline.stage.provider;

import java.util.Arrays;

/** Keeps the latencies of the latest calls that succeeded, in nanoseconds. Not thread-safe. */
final class LatestLatencies {

    private final long[] latest;
    private int seen;

    /** @param most that are kept */
    LatestLatencies(int most) {
        this.latest = new long[most];
    }

    void add(long latency) {
        latest[seen % latest.length] = latency;
        // It starts again in time, for an index must not overflow
        seen = seen + 1 == 2 * latest.length ? latest.length : seen + 1;
    }

    /** Counts those that are kept. */
    int count() {
        return Math.min(seen, latest.length);
    }

    /**
     * Returns a latency that so many of them do not exceed; 0 if there is none.
     *
     * @param part 0 to 1; 1 for the longest
     */
    long quantile(double part) {
        int count = count();
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(latest, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, (int) (part * count))];
    }
}
