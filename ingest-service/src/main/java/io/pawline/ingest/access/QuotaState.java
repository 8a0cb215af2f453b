package io.pawline.ingest.access;

import java.io.Serializable;
import java.time.Duration;

/**
 * Says how much of its quota a client has left.
 *
 * @param limit tasks, or other things, in a minute
 * @param remaining how many would be accepted now
 * @param full time until the whole limit is there again
 */
public record QuotaState(int limit, long remaining, Duration full) implements Serializable {

    /**
     * The state of a bucket that fills evenly.
     *
     * @param limit 1 or more
     * @param available tokens in the bucket; fewer than none count as none
     * @param window time in which an empty bucket fills
     */
    public static QuotaState of(int limit, long available, Duration window) {
        long remaining = Math.max(0, available);
        return new QuotaState(
                limit, remaining, window.multipliedBy(limit - remaining).dividedBy(limit));
    }
}
