package io.pawline.stage;

import io.pawline.stage.provider.Permit;
import io.pawline.stage.provider.Permits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts one virtual thread per record, as the permits allow. The permit is taken before the thread exists, so what waits
 * is a record in a queue and not a thread. While fresh records wait, retries get their share and no more: so work that
 * fails cannot crowd out work that may succeed, and none of it is dropped. Thread-safe; never blocks for longer than its
 * own bookkeeping.
 */
final class Dispatcher {

    private final Permits permits;
    private final double retryShare;
    private final ThreadFactory threads;
    private final BiConsumer<WorkItem, Permit> work;
    private final StageMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Waiting> fresh = new ArrayDeque<>();
    private final Queue<Waiting> retries = new ArrayDeque<>();
    private int retriesInFlight;
    /** Grows with each fresh record begun while a retry waits; a whole one is worth one retry. */
    private double retryCredit;

    private record Waiting(WorkItem item, long sinceNanos) {}

    /**
     * @param work what to do with a record, on a thread of its own; must not throw, and sees to the record's {@link
     *     AssignedPartition#end()}
     */
    Dispatcher(
            Permits permits,
            double retryShare,
            ThreadFactory threads,
            BiConsumer<WorkItem, Permit> work,
            StageMetrics metrics) {
        this.permits = permits;
        this.retryShare = retryShare;
        this.threads = threads;
        this.work = work;
        this.metrics = metrics;
    }

    /** Takes these records, and begins what may begin; with none, only the latter. */
    void add(Collection<WorkItem> items) {
        lock.lock();
        try {
            long now = System.nanoTime();
            items.forEach(item -> (item.isRetry() ? retries : fresh).add(new Waiting(item, now)));
            begin();
        } finally {
            lock.unlock();
        }
    }

    /** Records that could begin and have no permit. */
    int waiting() {
        lock.lock();
        try {
            return fresh.size() + retries.size();
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        while (!fresh.isEmpty() || !retries.isEmpty()) {
            Optional<Permit> permit = permits.tryAcquire();
            if (permit.isEmpty()) {
                return;
            }
            WorkItem item = next();
            if (item == null) {
                permit.get().close();
                return;
            }
            if (item.isRetry()) {
                retriesInFlight++;
            }
            threads.newThread(() -> run(item, permit.get())).start();
        }
    }

    /** The next record whose partition is not on its way out. */
    private @Nullable WorkItem next() {
        while (true) {
            Waiting next = retriesTurn() ? retries.poll() : fresh.poll();
            if (next == null) {
                return null;
            }
            if (next.item().partition().begin()) {
                metrics.waitedForPermit(Duration.ofNanos(System.nanoTime() - next.sinceNanos()));
                return next.item();
            }
        }
    }

    private boolean retriesTurn() {
        if (fresh.isEmpty() || retries.isEmpty()) {
            return fresh.isEmpty();
        }
        boolean belowShare = retriesInFlight < Math.max(1, retryShare * permits.limit());
        if (belowShare && retryCredit >= 1) {
            retryCredit--;
            return true;
        }
        retryCredit = Math.min(1 + retryShare, retryCredit + retryShare / (1 - retryShare));
        return false;
    }

    private void run(WorkItem item, Permit permit) {
        try {
            work.accept(item, permit);
        } finally {
            release(item, permit);
        }
    }

    private void release(WorkItem item, Permit permit) {
        lock.lock();
        try {
            permit.close();
            if (item.isRetry()) {
                retriesInFlight--;
            }
            begin();
        } finally {
            lock.unlock();
        }
    }
}
