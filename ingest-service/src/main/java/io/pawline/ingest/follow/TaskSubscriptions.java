package io.pawline.ingest.follow;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskVersions.TaskVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which task. One round of queries looks after all of them and finds what there is to tell, so a wait holds
 * no thread and no connection, and thousands that end at once ask for none. (PostgreSQL's NOTIFY would make every commit
 * that notifies wait for the one before.) Thread-safe.
 */
public final class TaskSubscriptions {

    /** Tasks looked up by one query. */
    private static final int CHUNK = 2000;

    /** News that were looked after longer ago say nothing about how a task stands. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Tasks tasks;
    private final int most;
    private final LongSupplier nanoTime;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<TaskId, Set<Wait>> waits = new ConcurrentHashMap<>();
    private volatile long lookedAt;

    /** @param most waits open at once */
    public TaskSubscriptions(Tasks tasks, int most) {
        this(tasks, most, System::nanoTime);
    }

    TaskSubscriptions(Tasks tasks, int most, LongSupplier nanoTime) {
        this.tasks = tasks;
        this.most = most;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong() - 2 * FRESH.toNanos();
    }

    /** Where tasks are looked up, many at once. */
    public interface Tasks {

        /** How far those of these tasks are that there are. */
        Map<TaskId, TaskVersion> marks(Collection<TaskId> ids);

        /** What there is to tell of them. */
        List<TaskSnapshot> news(Collection<TaskId> ids);
    }

    /** Whom a wait tells; each time on a thread of its own. */
    @FunctionalInterface
    public interface Listener {

        /** How the task stands: soon after the wait begins, and then whenever that has changed. */
        void moved(TaskSnapshot taskSnapshot);

        /** That the wait goes on: every now and then. */
        default void beat() {}
    }

    /** One who waits. */
    public final class Wait implements AutoCloseable {

        private record Seen(TaskVersion mark, TaskSnapshot news) {}

        private final TaskId task;
        private final Listener listener;
        private volatile @Nullable Seen seen;

        private Wait(TaskId task, Listener listener) {
            this.task = task;
            this.listener = listener;
        }

        private boolean hasNotSeen(TaskVersion taskVersion) {
            Seen last = seen;
            return last == null || !last.mark().equals(taskVersion);
        }

        /** On a thread of its own: who is told may be slow to listen. */
        private void see(TaskVersion taskVersion, TaskSnapshot taskSnapshot) {
            if (hasNotSeen(taskVersion)) {
                seen = new Seen(taskVersion, taskSnapshot);
                Thread.ofVirtual().start(() -> listener.moved(taskSnapshot));
            }
        }

        /** How the task stands; empty if that is not known, because it has not been looked after for some seconds. */
        public Optional<TaskSnapshot> latest() {
            Seen last = seen;
            return last != null && nanoTime.getAsLong() - lookedAt < FRESH.toNanos()
                    ? Optional.of(last.news())
                    : Optional.empty();
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
        long began = nanoTime.getAsLong();
        List<TaskId> ids = new ArrayList<>(waits.keySet());
        for (int from = 0; from < ids.size(); from += CHUNK) {
            look(ids.subList(from, Math.min(from + CHUNK, ids.size())));
        }
        lookedAt = began;
    }

    private void look(List<TaskId> ids) {
        Map<TaskId, TaskVersion> marks = tasks.marks(ids);
        List<TaskId> moved =
                ids.stream().filter(id -> hasMoved(id, marks.get(id))).toList();
        if (moved.isEmpty()) {
            return;
        }
        // Looked up after the marks, so that none is older than its mark. What is newer will have another mark.
        for (TaskSnapshot taskSnapshot : tasks.news(moved)) {
            TaskId id = taskSnapshot.task().id();
            TaskVersion taskVersion = marks.get(id);
            if (taskVersion != null) {
                of(id).forEach(wait -> wait.see(taskVersion, taskSnapshot));
            }
        }
    }

    private boolean hasMoved(TaskId id, @Nullable TaskVersion taskVersion) {
        return taskVersion != null && of(id).stream().anyMatch(wait -> wait.hasNotSeen(taskVersion));
    }

    private Set<Wait> of(TaskId id) {
        return waits.getOrDefault(id, Set.of());
    }
}
