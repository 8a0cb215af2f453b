package io.pawline.stage.provider;

import java.time.Duration;
import java.util.PriorityQueue;

/**
 * Counts the calls that were given up and that the provider is probably still working on. Nobody waits for such a call
 * any more, but it holds its place at the provider. So it keeps its permit until it has probably ended. Thread-safe.
 */
final class Ghosts {

    /** So many of the latest latencies are looked at. */
    private static final int LATEST = 100;

    /** With fewer latencies, the longest of them counts for the time that a call takes. */
    private static final double QUANTILE = 0.95;

    /** A call that was given up late goes on for this part of the time that it has taken, whatever others take. */
    private static final int PART_OF_THE_TIME = 4;

    /** No call is counted for longer, for a call that hangs may never end. */
    private static final long LONGEST = Duration.ofSeconds(30).toNanos();

    private final LatestLatencies latencies = new LatestLatencies(LATEST);
    private final PriorityQueue<Long> ends = new PriorityQueue<>((one, other) -> Long.signum(one - other));

    /** Takes note of the latency of a call that succeeded, in nanoseconds. */
    synchronized void succeededAfter(long latency) {
        latencies.add(latency);
    }

    /**
     * Takes note that a call was given up, though the provider may have it.
     *
     * @param elapsed nanoseconds since it was sent
     * @param now the time, like {@link System#nanoTime}
     */
    synchronized void gaveUp(long elapsed, long now) {
        long left = Math.max(elapsed / PART_OF_THE_TIME, latencies.quantile(QUANTILE) - elapsed);
        ends.add(now + Math.clamp(left, 0, LONGEST));
    }

    /** Counts the calls that have probably not ended by now. */
    synchronized int count(long now) {
        while (!ends.isEmpty() && ends.peek() - now <= 0) {
            ends.remove();
        }
        return ends.size();
    }
}
