package io.pawline.stage.dispatch;

import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.PermitSource;
import io.pawline.stage.provider.TenantUse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Starts one virtual thread per record, as the permits allow. The permit is taken before the thread exists, so what
 * waits is a record in a queue and not a thread. {@link ReadyQueue} decides which record is next. Records that have to be
 * prepared go to the {@link Preparer} first. Thread-safe; it never blocks for longer than its own bookkeeping.
 */
public final class Dispatcher {

    private final PermitSource limiter;
    private final ReadyQueue readyQueue;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private final Optional<Preparer> preparer;
    private final BiConsumer<WorkItem, Permit> work;
    private final BooleanSupplier held;
    private final StageMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * @param threads runs each piece of work on a thread of its own
     * @param nanoTime like {@link System#nanoTime}
     * @param preparer prepares records before they wait for a permit; empty if there is nothing to prepare
     * @param work what to do with a record, on a thread of its own; must not throw, and sees to the
     *     record's {@link AssignedPartition#end()}
     * @param held whether nothing is to begin for now, whatever the permits; when that is over, the next
     *     {@link #add} begins
     */
    public Dispatcher(
            PermitSource limiter,
            ReadyQueue readyQueue,
            Executor threads,
            LongSupplier nanoTime,
            Optional<Preparer> preparer,
            BiConsumer<WorkItem, Permit> work,
            BooleanSupplier held,
            StageMetrics metrics) {
        this.limiter = limiter;
        this.readyQueue = readyQueue;
        this.threads = threads;
        this.nanoTime = nanoTime;
        this.preparer = preparer;
        this.work = work;
        this.held = held;
        this.metrics = metrics;
    }

    /** Takes these records, and begins what may begin. Without records, it does only the latter. */
    public void add(Collection<WorkItem> items) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            List<WorkItem> toPrepare = new ArrayList<>();
            for (WorkItem item : items) {
                if (item.partition().fenced()) {
                    item.letGo();
                } else if (preparer.isPresent() && item.preparation() == null) {
                    toPrepare.add(item);
                } else {
                    readyQueue.add(item, now - Preparer.waitedBefore(item));
                }
            }
            preparer.ifPresent(them -> them.add(toPrepare));
            readyQueue.timeHasPassed();
            begin();
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the records that have to wait elsewhere, so that they hold up no other. */
    public List<ReadyQueue.Overflow> overflow() {
        lock.lock();
        try {
            return readyQueue.overflow(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the records that may wait no longer. */
    public List<WorkItem> overdue(Instant now) {
        lock.lock();
        try {
            List<WorkItem> overdue = new ArrayList<>(readyQueue.overdue(now));
            preparer.ifPresent(them -> overdue.addAll(them.overdue(now)));
            return overdue;
        } finally {
            lock.unlock();
        }
    }

    /** Drops the records of fenced partitions, for another process has them. */
    public void dropFenced() {
        lock.lock();
        try {
            readyQueue.dropFenced();
            preparer.ifPresent(Preparer::dropFenced);
        } finally {
            lock.unlock();
        }
    }

    /** Counts the records that could begin and have no permit, but for those that are being prepared. */
    public int waiting() {
        lock.lock();
        try {
            return readyQueue.size() + preparer.map(Preparer::waiting).orElse(0);
        } finally {
            lock.unlock();
        }
    }

    /** Says what each of the tenants with the most records has and wants, that with the most first. */
    public List<TenantUse> tenants(int most) {
        lock.lock();
        try {
            return readyQueue.tenants(most);
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        while (!readyQueue.isEmpty() && !held.getAsBoolean()) {
            Optional<Permit> permit = limiter.tryAcquire(() -> readyQueue.demand(nanoTime.getAsLong()));
            if (permit.isEmpty()) {
                return;
            }
            ReadyQueue.Begun next = readyQueue.next(permit.get());
            if (next == null) {
                permit.get().close();
                return;
            }
            metrics.waitedForPermit(Duration.ofNanos(nanoTime.getAsLong() - next.sinceNanos()));
            threads.execute(() -> run(next));
        }
    }

    private void run(ReadyQueue.Begun begun) {
        try {
            work.accept(begun.item(), begun.permit());
        } finally {
            release(begun);
        }
    }

    private void release(ReadyQueue.Begun begun) {
        lock.lock();
        try {
            begun.permit().close();
            readyQueue.ended(begun);
            begin();
        } finally {
            lock.unlock();
        }
    }
}
