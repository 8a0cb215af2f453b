package io.pawline.ingest.follow;

import io.pawline.ingest.access.TenantShares;
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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the requests that wait for tasks, and notifies each when its task changes. One round of queries looks after all
 * of them, so a subscription holds no thread and no connection, and thousands of tasks that end at once cost a handful
 * of queries. (PostgreSQL's NOTIFY is not used: every commit that notifies would wait for the one before.) Each tenant
 * has a share of the subscriptions. Thread-safe.
 */
public final class TaskSubscriptions {

    /** Tasks looked up by one query. */
    private static final int CHUNK = 2000;
    /** A snapshot from an older round says nothing about the present state of a task. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Tasks tasks;
    private final int limit;
    private final LongSupplier nanoTime;
    private final TenantShares shares;
    private final Map<TaskId, Set<Subscription>> subscriptions = new ConcurrentHashMap<>();
    private volatile long refreshedAt;
    private volatile boolean stopping;

    /** @param limit subscriptions open at once */
    public TaskSubscriptions(Tasks tasks, int limit) {
        this(tasks, limit, System::nanoTime);
    }

    TaskSubscriptions(Tasks tasks, int limit, LongSupplier nanoTime) {
        this.tasks = tasks;
        this.limit = limit;
        this.shares = new TenantShares(limit);
        this.nanoTime = nanoTime;
        this.refreshedAt = nanoTime.getAsLong() - 2 * FRESH.toNanos();
    }

    /** Looks up tasks, many at once. */
    public interface Tasks {

        /** The versions of those of these tasks that exist. */
        Map<TaskId, TaskVersion> versions(Collection<TaskId> ids);

        /** The snapshots of those of these tasks that exist. */
        List<TaskSnapshot> snapshots(Collection<TaskId> ids);
    }

    /** Is notified by a subscription; each time on a thread of its own. */
    @FunctionalInterface
    public interface Listener {

        /** Takes the state of the task: soon after the subscription is opened, and then whenever it has changed. */
        void changed(TaskSnapshot taskSnapshot);

        /** Says now and then that the subscription is still open. */
        default void heartbeat() {}

        /** Says that the process stops, so that the request has to end. */
        default void stopping() {}
    }

    /** An open request that waits for one task. */
    public final class Subscription implements AutoCloseable {

        private record Seen(TaskVersion version, TaskSnapshot snapshot) {}

        private final TaskId task;
        private final Listener listener;
        private final TenantShares.Place place;
        private volatile @Nullable Seen seen;

        private Subscription(TaskId task, Listener listener, TenantShares.Place place) {
            this.task = task;
            this.listener = listener;
            this.place = place;
        }

        private boolean hasNotSeen(TaskVersion taskVersion) {
            Seen last = seen;
            return last == null || !last.version().equals(taskVersion);
        }

        /** Notifies the listener on a thread of its own, because it may be slow. */
        private void see(TaskVersion taskVersion, TaskSnapshot taskSnapshot) {
            if (hasNotSeen(taskVersion)) {
                seen = new Seen(taskVersion, taskSnapshot);
                Thread.ofVirtual().start(() -> listener.changed(taskSnapshot));
            }
        }

        /** The present state of the task; empty if it is not known, because the last round was some seconds ago. */
        public Optional<TaskSnapshot> latest() {
            Seen last = seen;
            return last != null && nanoTime.getAsLong() - refreshedAt < FRESH.toNanos()
                    ? Optional.of(last.snapshot())
                    : Optional.empty();
        }

        /** Ends the subscription; every call after the first does nothing. */
        @Override
        public void close() {
            subscriptions.computeIfPresent(task, (_, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
            place.close();
        }
    }

    /**
     * Subscribes a listener to a task.
     *
     * @param tenant out of whose share the subscription is
     * @throws TooManySubscriptionsException if the tenant has its share of those that are allowed
     */
    public Subscription open(String tenant, TaskId task, Listener listener) {
        TenantShares.Place place = shares.take(tenant);
        if (place == null) {
            throw new TooManySubscriptionsException(limit);
        }
        Subscription subscription = new Subscription(task, listener, place);
        subscriptions.compute(task, (_, all) -> {
            Set<Subscription> others = all == null ? ConcurrentHashMap.newKeySet(1) : all;
            others.add(subscription);
            return others;
        });
        if (stopping) {
            Thread.ofVirtual().start(listener::stopping);
        }
        return subscription;
    }

    /** Notifies every listener that the process stops, also those that come after this. */
    public void stop() {
        stopping = true;
        subscriptions
                .values()
                .forEach(all -> all.forEach(subscription -> Thread.ofVirtual().start(subscription.listener::stopping)));
    }

    /** The number of open subscriptions. */
    public int count() {
        return shares.taken();
    }

    /** Sends every listener one heartbeat. */
    public void heartbeat() {
        subscriptions
                .values()
                .forEach(
                        all -> all.forEach(subscription -> Thread.ofVirtual().start(subscription.listener::heartbeat)));
    }

    /** Looks once after every task that has a subscription, and notifies the listeners of those that have changed. */
    public void refresh() {
        long began = nanoTime.getAsLong();
        List<TaskId> ids = new ArrayList<>(subscriptions.keySet());
        for (int from = 0; from < ids.size(); from += CHUNK) {
            refresh(ids.subList(from, Math.min(from + CHUNK, ids.size())));
        }
        refreshedAt = began;
    }

    private void refresh(List<TaskId> ids) {
        Map<TaskId, TaskVersion> versions = tasks.versions(ids);
        List<TaskId> changed =
                ids.stream().filter(id -> hasChanged(id, versions.get(id))).toList();
        if (changed.isEmpty()) {
            return;
        }
        // Snapshots are read after versions, so no snapshot is older than its version. A newer one has another version,
        // and is notified once more in the next round.
        for (TaskSnapshot taskSnapshot : tasks.snapshots(changed)) {
            TaskId id = taskSnapshot.task().id();
            TaskVersion taskVersion = versions.get(id);
            if (taskVersion != null) {
                of(id).forEach(subscription -> subscription.see(taskVersion, taskSnapshot));
            }
        }
    }

    private boolean hasChanged(TaskId id, @Nullable TaskVersion taskVersion) {
        return taskVersion != null && of(id).stream().anyMatch(subscription -> subscription.hasNotSeen(taskVersion));
    }

    private Set<Subscription> of(TaskId id) {
        return subscriptions.getOrDefault(id, Set.of());
    }
}
