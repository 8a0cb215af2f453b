package io.pawline.simulator;

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

    /** The largest {@link #inFlight()} since the start or the last {@link #forgetMost()}. */
    int mostInFlight() {
        lock.lock();
        try {
            return most;
        } finally {
            lock.unlock();
        }
    }

    void forgetMost() {
        lock.lock();
        try {
            most = inside();
        } finally {
            lock.unlock();
        }
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
        while (working < capacity && !waiting.isEmpty()) {
            working++;
            waiting.remove().countDown();
        }
    }

    private void abandon(CountDownLatch turn) {
        lock.lock();
        try {
            if (!waiting.remove(turn)) {
                working--;
            }
            admit();
        } finally {
            lock.unlock();
        }
    }
}
