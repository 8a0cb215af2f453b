package io.pawline.stage;

import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.Permits;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * Starts one virtual thread per record, as the permits allow. The permit is taken before the thread exists, so what waits
 * is a record in a queue and not a thread. Which record is next is a matter of {@link Waits}. Thread-safe; never blocks for
 * longer than its own bookkeeping.
 */
final class Dispatcher {

    private final Permits permits;
    private final Waits waits;
    private final ThreadFactory threads;
    private final BiConsumer<WorkItem, Permit> work;
    private final BooleanSupplier held;
    private final StageMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * @param work what to do with a record, on a thread of its own; must not throw, and sees to the record's {@link
     *     AssignedPartition#end()}
     * @param held whether nothing is to begin for now, whatever the permits; when that is over, the next {@link #add}
     *     begins
     */
    Dispatcher(
            Permits permits,
            Waits waits,
            ThreadFactory threads,
            BiConsumer<WorkItem, Permit> work,
            BooleanSupplier held,
            StageMetrics metrics) {
        this.permits = permits;
        this.waits = waits;
        this.threads = threads;
        this.work = work;
        this.held = held;
        this.metrics = metrics;
    }

    /** Takes these records, and begins what may begin; with none, only the latter. */
    void add(Collection<WorkItem> items) {
        lock.lock();
        try {
            long now = System.nanoTime();
            items.forEach(item -> waits.add(item, now));
            waits.timeHasPassed();
            begin();
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what has to wait elsewhere, so that it holds up no other. */
    List<Waits.Surplus> surplus() {
        lock.lock();
        try {
            return waits.surplus(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what may wait no longer. */
    List<WorkItem> overdue(Instant now) {
        lock.lock();
        try {
            return waits.overdue(now);
        } finally {
            lock.unlock();
        }
    }

    /** Records that could begin and have no permit. */
    int waiting() {
        lock.lock();
        try {
            return waits.size();
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        while (!waits.isEmpty() && !held.getAsBoolean()) {
            Optional<Permit> permit = permits.tryAcquire();
            if (permit.isEmpty()) {
                return;
            }
            Waits.Begun next = waits.next(permit.get());
            if (next == null) {
                permit.get().close();
                return;
            }
            metrics.waitedForPermit(Duration.ofNanos(System.nanoTime() - next.sinceNanos()));
            threads.newThread(() -> run(next)).start();
        }
    }

    private void run(Waits.Begun begun) {
        try {
            work.accept(begun.item(), begun.permit());
        } finally {
            release(begun);
        }
    }

    private void release(Waits.Begun begun) {
        lock.lock();
        try {
            begun.permit().close();
            waits.ended(begun);
            begin();
        } finally {
            lock.unlock();
        }
    }
}
