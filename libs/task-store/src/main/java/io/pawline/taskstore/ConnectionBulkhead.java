package io.pawline.taskstore;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets as many threads to the database at once as it has connections. The others wait in the order in which they came.
 * So hundreds of threads that want a connection form a queue, and do not look like a lost database; the pool's own
 * time-out can be short. If the database is found lost, all threads that wait fail at once. Thread-safe.
 *
 * <p>Threads that ask for a {@link TaskDatabase#TENANT} wait in a queue for each tenant, and the queues take turns. One
 * tenant holds three quarters of the connections at most, and has a bounded number of threads waiting. So another one
 * waits for its own requests, and hardly for those of others. The service itself is one more queue, without a bound.
 */
final class ConnectionBulkhead {

    /** Most threads that wait for one tenant. Those beyond them would hardly get a connection in time. */
    static final int WAITING_FOR_TENANT = 1_000;

    private static final String SERVICE = "";

    /**
     * The last failure that showed a lost database.
     *
     * @param at the time by {@link System#nanoTime}
     */
    private record Loss(long at, DatabaseUnavailableException failure) {}

    @FunctionalInterface
    interface Work<T, X extends Exception> {
        T get() throws X;
    }

    /** A thread that waits. */
    private static final class Turn {
        private final Condition come;
        private boolean hasCome;

        Turn(Condition come) {
            this.come = come;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Duration longestWait;
    private final int mostOfTenant;
    private int free;
    private int waiting;
    /** Connections in use, by whom they are used for. */
    private final Map<String, Integer> inUse = new HashMap<>();
    /** Who waits, in the order of the next turns. No queue is empty. */
    private final Map<String, Queue<Turn>> queues = new LinkedHashMap<>();

    private volatile @Nullable Loss loss;

    ConnectionBulkhead(int atOnce, Duration longestWait) {
        this.free = atOnce;
        this.mostOfTenant = Math.max(1, atOnce * 3 / 4);
        this.longestWait = longestWait;
    }

    /**
     * Does the work when a connection is free.
     *
     * @throws DatabaseUnavailableException if the work throws it, if other work found the database lost during the wait,
     *     or if the wait is too long
     */
    <T, X extends Exception> T execute(Work<T, X> work) throws X {
        long since = System.nanoTime();
        String owner = TaskDatabase.TENANT.orElse(SERVICE);
        await(owner);
        try {
            failIfLostAfter(since);
            return noticingLoss(work);
        } finally {
            release(owner);
        }
    }

    private <T, X extends Exception> T noticingLoss(Work<T, X> work) throws X {
        try {
            return work.get();
        } catch (DatabaseUnavailableException lost) {
            if (lost.concernsEverybody()) {
                loss = new Loss(System.nanoTime(), lost);
            }
            throw lost;
        }
    }

    /** The number of threads that wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a connection is free. */
    boolean isFree() {
        lock.lock();
        try {
            return free > 0;
        } finally {
            lock.unlock();
        }
    }

    private void await(String owner) {
        lock.lock();
        try {
            // While a connection is free, nobody waits who may have it
            if (free > 0 && mayUseMore(owner)) {
                take(owner);
                return;
            }
            Queue<Turn> queue = queues.computeIfAbsent(owner, _ -> new ArrayDeque<>());
            if (!owner.equals(SERVICE) && queue.size() >= WAITING_FOR_TENANT) {
                throw new DatabaseUnavailableException(
                        DatabaseFault.SLOW,
                        new RejectedExecutionException(WAITING_FOR_TENANT + " requests of the tenant wait already"));
            }
            Turn turn = new Turn(lock.newCondition());
            queue.add(turn);
            waiting++;
            await(owner, turn);
        } finally {
            lock.unlock();
        }
    }

    private void await(String owner, Turn turn) {
        long left = longestWait.toNanos();
        try {
            while (!turn.hasCome) {
                if (left <= 0) {
                    giveUp(owner, turn);
                    throw new DatabaseUnavailableException(
                            DatabaseFault.SLOW,
                            new TimeoutException("no connection was free for " + longestWait.toMillis() + " ms"));
                }
                left = turn.come.awaitNanos(left);
            }
        } catch (InterruptedException stopped) {
            if (turn.hasCome) {
                putBack(owner);
            } else {
                giveUp(owner, turn);
            }
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(stopped);
        }
    }

    private void giveUp(String owner, Turn turn) {
        Queue<Turn> queue = queues.get(owner);
        if (queue != null && queue.remove(turn)) {
            waiting--;
            if (queue.isEmpty()) {
                queues.remove(owner);
            }
        }
    }

    private void release(String owner) {
        lock.lock();
        try {
            putBack(owner);
        } finally {
            lock.unlock();
        }
    }

    private void putBack(String owner) {
        free++;
        inUse.computeIfPresent(owner, (_, count) -> count == 1 ? null : count - 1);
        while (free > 0 && givesTurn()) {
            // until nobody waits who may have a connection
        }
    }

    /** Gives a free connection to the first in turn who may have one; false if there is nobody. */
    private boolean givesTurn() {
        Iterator<Map.Entry<String, Queue<Turn>>> turns = queues.entrySet().iterator();
        while (turns.hasNext()) {
            Map.Entry<String, Queue<Turn>> next = turns.next();
            String owner = next.getKey();
            Queue<Turn> queue = next.getValue();
            if (mayUseMore(owner)) {
                Turn turn = queue.remove();
                waiting--;
                turns.remove();
                if (!queue.isEmpty()) {
                    queues.put(owner, queue);
                }
                take(owner);
                turn.hasCome = true;
                turn.come.signal();
                return true;
            }
        }
        return false;
    }

    private void take(String owner) {
        free--;
        inUse.merge(owner, 1, Integer::sum);
    }

    private boolean mayUseMore(String owner) {
        return owner.equals(SERVICE) || inUse.getOrDefault(owner, 0) < mostOfTenant;
    }

    private void failIfLostAfter(long since) {
        Loss last = loss;
        if (last != null && last.at() - since > 0) {
            throw new DatabaseUnavailableException(last.failure());
        }
    }
}
