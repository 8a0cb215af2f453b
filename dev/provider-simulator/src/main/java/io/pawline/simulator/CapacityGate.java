package io.pawline.simulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Limits the calls that a provider works on at once. Calls beyond the capacity wait in the order in which they came;
 * calls beyond the hard limit are not let in. A call keeps its place until the provider is done with it, even if the
 * client has left. Thread-safe.
 */
final class CapacityGate {

    /** Waiting calls look again after this many milliseconds, because a window may have opened in the meantime. */
    private static final long LOOK_AGAIN = 250;

    private final Supplier<Conditions> conditions;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<CountDownLatch> waiting = new ArrayDeque<>();
    private int working;
    private int most;
    private long countedTo = System.nanoTime();
    private long insideNanos;
    private long workingNanos;

    CapacityGate(Supplier<Conditions> conditions) {
        this.conditions = conditions;
    }

    /** Waits for a place to work; false at once if the hard limit is reached. */
    boolean enter() throws InterruptedException {
        CountDownLatch turn = new CountDownLatch(1);
        lock.lock();
        try {
            Conditions now = conditions.get();
            if (inside() >= now.hardLimit()) {
                return false;
            }
            count();
            waiting.add(turn);
            most = Math.max(most, inside());
            admit();
        } finally {
            lock.unlock();
        }
        try {
            while (!turn.await(LOOK_AGAIN, TimeUnit.MILLISECONDS)) {
                admitMore();
            }
            return true;
        } catch (InterruptedException e) {
            abandon(turn);
            throw e;
        }
    }

    /** Gives the place back; must be called once for each {@link #enter()} that returned true. */
    void leave() {
        lock.lock();
        try {
            count();
            working--;
            admit();
        } finally {
            lock.unlock();
        }
    }

    /** The number of calls that are worked on or wait. */
    int inFlight() {
        lock.lock();
        try {
            return inside();
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** The largest {@link #inFlight()} since the start or the last {@link #clear()}. */
    int mostInFlight() {
        lock.lock();
        try {
            return most;
        } finally {
            lock.unlock();
        }
    }

    /** The time that all calls together were worked on or waited, since the start or the last {@link #clear()}. */
    Duration timeInFlight() {
        lock.lock();
        try {
            count();
            return Duration.ofNanos(insideNanos);
        } finally {
            lock.unlock();
        }
    }

    /** The time that all calls together were worked on, since the start or the last {@link #clear()}. */
    Duration timeWorked() {
        lock.lock();
        try {
            count();
            return Duration.ofNanos(workingNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was counted. */
    void clear() {
        lock.lock();
        try {
            count();
            most = inside();
            insideNanos = 0;
            workingNanos = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Counts the time up to now; to be called before what is inside changes. */
    private void count() {
        long now = System.nanoTime();
        insideNanos += (now - countedTo) * inside();
        workingNanos += (now - countedTo) * working;
        countedTo = now;
    }

    private int inside() {
        return working + waiting.size();
    }

    private void admitMore() {
        lock.lock();
        try {
            admit();
        } finally {
            lock.unlock();
        }
    }

    private void admit() {
        int capacity = conditions.get().capacity();
        count();
        while (working < capacity && !waiting.isEmpty()) {
            working++;
            waiting.remove().countDown();
        }
    }

    private void abandon(CountDownLatch turn) {
        lock.lock();
        try {
            count();
            if (!waiting.remove(turn)) {
                working--;
            }
            admit();
        } finally {
            lock.unlock();
        }
    }
}
