package io.pawline.stage.provider;

/**
 * Estimates which part of the calls in flight are stragglers: calls that take much longer than the others. A straggler
 * holds its place and waits in no queue, for many calls that began later have ended before it. Not thread-safe.
 */
final class Stragglers {

    /**
     * So many calls end during the life of a straggler, for each call that was in flight when it began. A call that waits
     * in a queue sees one end for each: those before it.
     */
    private static final int TIMES = 3;

    /** The estimate is made of about so many calls, for each in flight: stragglers may end in crowds. */
    private static final int MEMORY = 20;

    private static final int LEAST_MEMORY = 100;

    /** Some calls are always taken for usual ones, for somebody has to find the limit. */
    private static final double MOST = 0.9;

    private static final int LARGEST = 1 << 16;

    /** Holds when the latest calls ended, the oldest at {@code first}. */
    private long[] ends = new long[64];

    private int first;
    private int count;

    private int seen;
    private double mean;
    private double ofStragglers;

    /** Takes note of a call that held a place until it ended. */
    void ended(EndedCall call) {
        long latency = call.endNanos() - call.startNanos();
        boolean straggler = endedSince(call.startNanos()) > (long) TIMES * call.inFlight();
        seen = Math.min(seen + 1, Math.max(LEAST_MEMORY, MEMORY * call.inFlight()));
        mean += (latency - mean) / seen;
        ofStragglers += ((straggler ? latency : 0) - ofStragglers) / seen;
        keep(call.endNanos(), TIMES * call.inFlight());
    }

    /** Returns the part of the places taken that stragglers hold, from 0 to 0.9. */
    double share() {
        return mean <= 0 ? 0 : Math.min(MOST, ofStragglers / mean);
    }

    /**
     * Returns the part that is left of all calls in flight if those that are no stragglers are cut to a part of them. No
     * cut ends a straggler.
     */
    double leftAfter(double cut) {
        return share() + (1 - share()) * cut;
    }

    /** Counts the calls that ended after this moment, as far back as they are kept. */
    private int endedSince(long nanos) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle) > nanos) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return count - low;
    }

    private long end(int index) {
        return ends[(first + index) % ends.length];
    }

    /** @param needed ends that tell a straggler from others */
    private void keep(long nanos, int needed) {
        if (count == ends.length && count <= needed && count < LARGEST) {
            long[] more = new long[2 * count];
            for (int i = 0; i < count; i++) {
                more[i] = end(i);
            }
            ends = more;
            first = 0;
        }
        if (count < ends.length) {
            ends[(first + count) % ends.length] = nanos;
            count++;
        } else {
            ends[first] = nanos;
            first = (first + 1) % ends.length;
        }
    }
}
