package io.pawline.taskstore;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Lets as many threads to the database at once as it has connections. The others wait in the order in which they came.
 * So hundreds of threads that want a connection form a queue, and do not look like a lost database; the pool's own
 * time-out can be short. If the database is found lost, all threads that wait fail at once. Thread-safe.
 */
final class ConnectionBulkhead {

    /** The last failure that showed a lost database.
     *
     * @param at the time by {@link System#nanoTime} */
    private record Loss(long at, DatabaseUnavailableException failure) {}

    @FunctionalInterface
    interface Work<T, X extends Exception> {
        T get() throws X;
    }

    private final Semaphore free;
    private final Duration longestWait;
    private volatile @Nullable Loss loss;

    ConnectionBulkhead(int atOnce, Duration longestWait) {
        this.free = new Semaphore(atOnce, true);
        this.longestWait = longestWait;
    }

    /**
     * Does the work when a connection is free.
     *
     * @throws DatabaseUnavailableException if the work throws it, if other work threw it during the wait, or if the
     *     wait is too long
     */
    <T, X extends Exception> T execute(Work<T, X> work) throws X {
        long since = System.nanoTime();
        await();
        try {
            failIfLostAfter(since);
            return noticingLoss(work);
        } finally {
            free.release();
        }
    }

    private <T, X extends Exception> T noticingLoss(Work<T, X> work) throws X {
        try {
            return work.get();
        } catch (DatabaseUnavailableException lost) {
            loss = new Loss(System.nanoTime(), lost);
            throw lost;
        }
    }

    /** The number of threads that wait. */
    int waiting() {
        return free.getQueueLength();
    }

    private void await() {
        try {
            if (!free.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new DatabaseUnavailableException(
                        new TimeoutException("no connection was free for " + longestWait.toMillis() + " ms"));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(stopped);
        }
    }

    private void failIfLostAfter(long since) {
        Loss last = loss;
        if (last != null && last.at() - since > 0) {
            throw new DatabaseUnavailableException(last.failure());
        }
    }
}
