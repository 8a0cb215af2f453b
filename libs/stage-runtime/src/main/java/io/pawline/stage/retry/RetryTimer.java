package io.pawline.stage.retry;

import io.pawline.stage.Scheduler;
import io.pawline.stage.dispatch.Dispatcher;
import io.pawline.stage.offsets.WorkItem;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/**
 * Holds records of the retry topic until they are due, each by its own time, so that one that waits for minutes delays
 * no other. Nothing is lost with the process: what is held here is not committed. Thread-safe.
 */
public final class RetryTimer implements AutoCloseable {

    private final Clock clock;
    private final Dispatcher dispatcher;
    private final Scheduler.Timer heap;
    private final Map<Due, Future<?>> held = new ConcurrentHashMap<>();

    public RetryTimer(Clock clock, Dispatcher dispatcher, Scheduler scheduler, String name) {
        this.clock = clock;
        this.dispatcher = dispatcher;
        this.heap = scheduler.timer(name + "-timer");
    }

    public void hold(WorkItem item, Instant notBefore) {
        // In milliseconds, of which any two moments of a header are few enough for a long
        long delay = Math.max(0, notBefore.toEpochMilli() - clock.millis());
        Due due = new Due(item);
        held.put(due, heap.schedule(due, delay));
        if (due.over) {
            held.remove(due);
        }
    }

    /** Drops the records of fenced partitions, for another process has them. */
    public void dropFenced() {
        held.forEach((due, timer) -> {
            if (due.item.partition().fenced()) {
                timer.cancel(false);
                held.remove(due);
            }
        });
    }

    private final class Due implements Runnable {

        private final WorkItem item;
        private volatile boolean over;

        Due(WorkItem item) {
            this.item = item;
        }

        @Override
        public void run() {
            over = true;
            held.remove(this);
            dispatcher.add(List.of(item));
        }
    }

    /** Counts the records that wait for their time. */
    public int held() {
        return heap.waiting();
    }

    @Override
    public void close() {
        heap.close();
    }
}
