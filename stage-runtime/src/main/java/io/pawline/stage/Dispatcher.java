package io.pawline.stage;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Starts one virtual thread per record, never more than the limit at once. The permit is taken before the thread exists,
 * so what waits is a record in a queue and not a thread. Thread-safe; never blocks for longer than its own bookkeeping.
 */
final class Dispatcher {

    private final int limit;
    private final ThreadFactory threads;
    private final Consumer<WorkItem> work;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<WorkItem> ready = new ArrayDeque<>();
    private int inFlight;

    /**
     * @param work what to do with a record, on a thread of its own; must not throw, and sees to the record's {@link
     *     AssignedPartition#end()}
     */
    Dispatcher(int limit, ThreadFactory threads, Consumer<WorkItem> work) {
        this.limit = limit;
        this.threads = threads;
        this.work = work;
    }

    void add(Collection<WorkItem> items) {
        lock.lock();
        try {
            ready.addAll(items);
            startReady();
        } finally {
            lock.unlock();
        }
    }

    /** Records being worked on. */
    int inFlight() {
        lock.lock();
        try {
            return inFlight;
        } finally {
            lock.unlock();
        }
    }

    private void startReady() {
        while (inFlight < limit) {
            WorkItem item = ready.poll();
            if (item == null) {
                return;
            }
            if (item.partition().begin()) {
                inFlight++;
                threads.newThread(() -> run(item)).start();
            }
        }
    }

    private void run(WorkItem item) {
        try {
            work.accept(item);
        } finally {
            release();
        }
    }

    private void release() {
        lock.lock();
        try {
            inFlight--;
            startReady();
        } finally {
            lock.unlock();
        }
    }
}
