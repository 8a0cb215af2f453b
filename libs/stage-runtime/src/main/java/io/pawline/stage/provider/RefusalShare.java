package io.pawline.stage.provider;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Says whether so many of the latest calls were refused with a moment to come back that this concerns every call, and
 * not one call alone. Thread-safe.
 */
final class RefusalShare {

    private static final long WINDOW = Duration.ofSeconds(30).toNanos();

    /** So many calls are enough to judge by. */
    private static final int MOST_CALLS = 50;

    private final int leastRefusals;

    private record Ended(long atNanos, boolean refused) {}

    private final ArrayDeque<Ended> latest = new ArrayDeque<>();
    private int refusals;

    /** @param leastRefusals refusals in half a minute below which nothing concerns every call */
    RefusalShare(int leastRefusals) {
        this.leastRefusals = leastRefusals;
    }

    /**
     * Takes note of a call.
     *
     * @param refused whether the provider refused it and named a moment to come back
     * @return whether at least half of the latest calls were refused, this one among them
     */
    synchronized boolean concernsAllCalls(boolean refused, long nanos) {
        latest.addLast(new Ended(nanos, refused));
        refusals += refused ? 1 : 0;
        while (latest.size() > MOST_CALLS || nanos - latest.getFirst().atNanos() > WINDOW) {
            refusals -= latest.removeFirst().refused() ? 1 : 0;
        }
        return refused && refusals >= leastRefusals && 2 * refusals >= latest.size();
    }
}
