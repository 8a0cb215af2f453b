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
 * <p>Threads that ask for a {@link TaskDatabase#TENANT} wait in a queue for each tenant, and the tenants take turns. One
 * tenant holds three quarters of the connections at most, and has a bounded number of threads waiting. So another one
 * waits for its own requests, and hardly for those of others. The service itself is one more queue, without a bound.
 *
 * <p>A tenant's lists wait in a queue of their own, which takes turns with that of its look-ups, and hold two thirds of
 * its connections at most. So its look-ups do not wait for its lists.
 */
final class ConnectionBulkhead {

    /** Most threads that wait for one tenant. Those beyond them would hardly get a connection in time. */
    static final int WAITING_FOR_TENANT = 1_000;

    /** Who waits or holds connections: a tenant, for its lists or for all else. */
    private record Owner(String tenant, boolean lists) {

        private static final Owner SERVICE = new Owner("", false);

        static Owner ofThread() {
            return TaskDatabase.TENANT.isBound()
                    ? new Owner(TaskDatabase.TENANT.get(), TaskDatabase.LISTS.isBound())
                    : SERVICE;
        }

        /** The other one of the tenant's two queues. */
        Owner other() {
            return new Owner(tenant, !lists);
        }
    }

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
    private final int mostOfLists;
    private int free;
    private int waiting;
    /** Connections in use, by whom they are used for. */
    private final Map<Owner, Integer> inUse = new HashMap<>();
    /** Who waits, in the order of the next turns. No queue is empty. */
    private final Map<Owner, Queue<Turn>> queues = new LinkedHashMap<>();

    private volatile @Nullable Loss loss;

    ConnectionBulkhead(int atOnce, Duration longestWait) {
        this.free = atOnce;
        this.mostOfTenant = Math.max(1, atOnce * 3 / 4);
        this.mostOfLists = Math.max(1, mostOfTenant * 2 / 3);
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
        Owner owner = Owner.ofThread();
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

    private void await(Owner owner) {
        lock.lock();
        try {
            // While a connection is free, nobody waits who may have it
            if (free > 0 && mayUseMore(owner)) {
                take(owner);
                return;
            }
            Queue<Turn> queue = queues.computeIfAbsent(owner, _ -> new ArrayDeque<>());
            if (!owner.equals(Owner.SERVICE) && queue.size() >= WAITING_FOR_TENANT) {
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

    private void await(Owner owner, Turn turn) {
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

    private void giveUp(Owner owner, Turn turn) {
        Queue<Turn> queue = queues.get(owner);
        if (queue != null && queue.remove(turn)) {
            waiting--;
            if (queue.isEmpty()) {
                queues.remove(owner);
            }
        }
    }

    private void release(Owner owner) {
        lock.lock();
        try {
            putBack(owner);
        } finally {
            lock.unlock();
        }
    }

    private void putBack(Owner owner) {
        free++;
        inUse.computeIfPresent(owner, (_, count) -> count == 1 ? null : count - 1);
        while (free > 0 && givesTurn()) {
            // until nobody waits who may have a connection
        }
    }

    /** Gives a free connection to the first in turn who may have one; false if there is nobody. */
    private boolean givesTurn() {
        Iterator<Map.Entry<Owner, Queue<Turn>>> turns = queues.entrySet().iterator();
        while (turns.hasNext()) {
            Map.Entry<Owner, Queue<Turn>> next = turns.next();
            Owner owner = next.getKey();
            Queue<Turn> queue = next.getValue();
            if (mayUseMore(owner)) {
                Turn turn = queue.remove();
                waiting--;
                turns.remove();
                moveBack(owner, queue);
                take(owner);
                turn.hasCome = true;
                turn.come.signal();
                return true;
            }
        }
        return false;
    }

    /** Puts a tenant behind all others: first the queue whose turn it was not, so that its two take turns as well. */
    private void moveBack(Owner owner, Queue<Turn> queue) {
        Queue<Turn> other = queues.remove(owner.other());
        if (other != null) {
            queues.put(owner.other(), other);
        }
        if (!queue.isEmpty()) {
            queues.put(owner, queue);
        }
    }

    private void take(Owner owner) {
        free--;
        inUse.merge(owner, 1, Integer::sum);
    }

    private boolean mayUseMore(Owner owner) {
        int own = inUse.getOrDefault(owner, 0);
        return owner.equals(Owner.SERVICE)
                || (own + inUse.getOrDefault(owner.other(), 0) < mostOfTenant && (!owner.lists() || own < mostOfLists));
    }

    private void failIfLostAfter(long since) {
        Loss last = loss;
        if (last != null && last.at() - since > 0) {
            throw new DatabaseUnavailableException(last.failure());
        }
    }
}
