package io.pawline.ingest.follow;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskMarks;
import io.pawline.taskstore.TaskMarks.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which task. One round of queries looks after all of them, so a wait holds no thread and no connection.
 * (PostgreSQL's NOTIFY would make every commit that notifies wait for the one before.) Thread-safe.
 */
public final class Waits {

    /** Tasks looked up by one query. */
    private static final int CHUNK = 2000;

    private final TaskMarks marks;
    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<TaskId, Set<Wait>> waits = new ConcurrentHashMap<>();

    /** @param most waits open at once */
    public Waits(TaskMarks marks, int most) {
        this.marks = marks;
        this.most = most;
    }

    /** Whom a wait tells; each time on a thread of its own. */
    @FunctionalInterface
    public interface Listener {

        /** How far the task is: soon after the wait begins, and then whenever that has changed. */
        void moved(Mark mark);

        /** That the wait goes on: every now and then. */
        default void beat() {}
    }

    /** One who waits. */
    public final class Wait implements AutoCloseable {

        private final TaskId task;
        private final Listener listener;
        private volatile @Nullable Mark seen;

        private Wait(TaskId task, Listener listener) {
            this.task = task;
            this.listener = listener;
        }

        /** On a thread of its own: who is told may be slow to listen. */
        private void see(Mark mark) {
            if (!mark.equals(seen)) {
                seen = mark;
                Thread.ofVirtual().start(() -> listener.moved(mark));
            }
        }

        /** Waits no longer; every call after the first does nothing. */
        @Override
        public void close() {
            waits.computeIfPresent(task, (_, all) -> {
                if (all.remove(this)) {
                    open.decrementAndGet();
                }
                return all.isEmpty() ? null : all;
            });
        }
    }

    /**
     * Waits for news of a task.
     *
     * @throws TooManyWaitsException if no more may wait
     */
    public Wait open(TaskId task, Listener listener) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            throw new TooManyWaitsException(most);
        }
        Wait wait = new Wait(task, listener);
        waits.compute(task, (_, all) -> {
            Set<Wait> others = all == null ? ConcurrentHashMap.newKeySet(1) : all;
            others.add(wait);
            return others;
        });
        return wait;
    }

    /** How many wait. */
    public int count() {
        return open.get();
    }

    /** Tells everybody once that the wait goes on. */
    public void beat() {
        waits.values().forEach(all -> all.forEach(wait -> Thread.ofVirtual().start(wait.listener::beat)));
    }

    /** Looks once after every task that somebody waits for. */
    public void look() {
        List<TaskId> tasks = new ArrayList<>(waits.keySet());
        for (int from = 0; from < tasks.size(); from += CHUNK) {
            marks.of(tasks.subList(from, Math.min(from + CHUNK, tasks.size())))
                    .forEach((task, mark) -> waits.getOrDefault(task, Set.of()).forEach(wait -> wait.see(mark)));
        }
    }
}
