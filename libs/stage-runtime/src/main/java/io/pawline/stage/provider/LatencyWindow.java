package io.pawline.stage.provider;

import java.util.Arrays;
import java.util.Optional;

/**
 * Collects calls that ended one after the other, until they are enough to measure the latency. It takes as many as the
 * limit, up to 20, over at least 100 ms and about one usual latency. Not thread-safe.
 */
final class LatencyWindow {

    private static final int ENOUGH = 20;
    private static final int TOO_FEW = 3;
    private static final long SHORTEST_NANOS = 100_000_000;

    /**
     * So many latencies after a change, the calls that end belong to the new limit, and not only its short
     * calls have ended.
     */
    private static final double SETTLED = 1.3;

    /** More calls are not needed for a sure judgement; the oldest are overwritten. */
    private static final int CAPACITY = 1_000;

    /** The quartiles of a normal distribution lie this many standard deviations apart. */
    private static final double NORMAL_QUARTILES = 1.349;

    private double[] latencies = new double[ENOUGH];
    private int count;
    private int mostInFlight;
    private long start;
    private long firstSent;
    private boolean settled;

    LatencyWindow() {
        restart(0);
    }

    /** Forgets all calls, for the limit has changed so much that earlier ones say nothing. */
    void restart(long nanos) {
        next(nanos);
        firstSent = Long.MAX_VALUE;
        settled = false;
    }

    /**
     * Takes note of a call sent after the last restart.
     *
     * @param logLatency of it, made comparable with those of other kinds
     * @param limit calls that may be in flight
     * @param usual logarithm of the usual latency, comparable in the same way
     * @param mix times that calls take as long as that
     * @return the latency, if there are enough calls; the next window then begins
     */
    Optional<Latency> add(EndedCall call, double logLatency, int limit, double usual, double mix) {
        firstSent = Math.min(firstSent, call.startNanos());
        mostInFlight = Math.max(mostInFlight, call.inFlight());
        put(logLatency);
        long elapsed = call.endNanos() - start;
        if (count < Math.clamp(limit, TOO_FEW, ENOUGH)
                || elapsed < SHORTEST_NANOS
                || Math.log((double) elapsed / mix) < usual) {
            return Optional.empty();
        }
        Latency latency = latency(call.endNanos());
        settled = settled || (double) (start - firstSent) >= SETTLED * mix * Math.exp(latency.log());
        next(call.endNanos());
        return settled ? Optional.of(latency) : Optional.empty();
    }

    private void next(long nanos) {
        count = 0;
        mostInFlight = 0;
        start = nanos;
    }

    private void put(double logLatency) {
        if (count == latencies.length && count < CAPACITY) {
            latencies = Arrays.copyOf(latencies, Math.min(CAPACITY, 2 * count));
        }
        latencies[count % latencies.length] = logLatency;
        count++;
    }

    private Latency latency(long endNanos) {
        int size = Math.min(count, latencies.length);
        double[] sorted = Arrays.copyOf(latencies, size);
        Arrays.sort(sorted);
        int quarter = size / 4;
        double middle = Arrays.stream(sorted, quarter, size - quarter).average().orElseThrow();
        double spread = (sorted[size - 1 - quarter] - sorted[quarter]) / NORMAL_QUARTILES;
        return new Latency(middle, spread, size, mostInFlight, endNanos);
    }
}
