package io.pawline.stage.dispatch;

import io.pawline.schemas.Routing;
import io.pawline.stage.Attempt;
import io.pawline.stage.Fairness;
import io.pawline.stage.Outcome;
import io.pawline.stage.Preparation.Prepared;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.PermitSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the preparation of records, each on a virtual thread, before they wait for permits. Tenants have their turns one
 * after the other, and so have the hosts of a tenant's photos. A tenant or a host that is slow leaves places to the
 * others. Thread-safe; it never blocks for longer than its own bookkeeping.
 */
public final class Preparer {

    /*
     * A preparation holds a place, for as long as it runs. The places are divided as the memory of a switch is among its
     * ports (Choudhury and Hahne, Dynamic Queue Length Thresholds for Shared-Memory Packet Switches, IEEE/ACM ToN 1998,
     * https://doi.org/10.1109/90.664262): a tenant may hold as many places as it leaves free, and a host a third of
     * those. So the first slow tenant holds half of the places at most, and one host a quarter. The next slow one holds
     * a part of the rest. Nobody has to find out who is slow.
     *
     * What is prepared holds memory until its call. A tenant has at most as many prepared records as the provider may
     * have calls (the limit of now), and those whose preparation runs. More would only wait. Their bytes are bound by the
     * MemoryBudget of the service.
     *
     * A preparation holds no place in its partition. A drain waits for none, and a record whose partition leaves is let
     * go: nothing was paid for it, and another process prepares it anew.
     *
     * Rejected:
     * - The permit first, and the photo then, as it was: 64 slow addresses of one tenant held all permits for 30 s each.
     * - A thread that prepares and then waits for its permit: it would have to be woken for each pause, fence and stop.
     * - A fixed number of places for each host: too few for the one host of most systems, or too many for a slow one.
     */

    /** Preparations at once for each permit, so that the one host of a system keeps all permits busy. */
    private static final int PLACES_PER_PERMIT = 4;

    /** But at least so many. */
    private static final int LEAST_PLACES = 64;

    /** A host may hold one part in so many of the places that it leaves free. */
    private static final int HOST_PART = 3;

    /** A tenant has so many prepared records ahead of their permits, if the provider's limit is not higher. */
    private static final int LEAST_READY = 8;

    /** Prepares a record on a thread of its own; must not throw, and sees to the place. */
    @FunctionalInterface
    public interface Work {
        void prepare(Place place);
    }

    private final PermitSource limiter;
    private final double retryShare;
    private final Fairness fairness;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private final Work work;
    private final BooleanSupplier held;
    private final ReentrantLock lock = new ReentrantLock();
    /** Holds the tenants in the order of their turns. */
    private final Map<String, Tenant> tenants = new LinkedHashMap<>();

    private final Map<String, Integer> hosts = new HashMap<>();
    private int waiting;
    private int preparing;

    /**
     * @param limiter of the calls that are prepared
     * @param retryShare share of the preparations begun that may be of retries while fresh records wait
     * @param fairness says when a bulk record counts as interactive; tenants have their turns in any case
     * @param threads runs each preparation on a thread of its own
     * @param nanoTime like {@link System#nanoTime}
     * @param held whether nothing is to begin for now; when that is over, the next {@link #add} begins
     */
    public Preparer(
            PermitSource limiter,
            double retryShare,
            Fairness fairness,
            Executor threads,
            LongSupplier nanoTime,
            Work work,
            BooleanSupplier held) {
        this.limiter = limiter;
        this.retryShare = retryShare;
        this.fairness = fairness;
        this.threads = threads;
        this.nanoTime = nanoTime;
        this.work = work;
        this.held = held;
    }

    /** Takes these records, and begins what may begin. Without records, it does only the latter. */
    void add(Collection<WorkItem> items) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            for (WorkItem item : items) {
                String tenant = Routing.tenant(item.data().headers());
                tenants.computeIfAbsent(tenant, Tenant::new).add(item, now);
                waiting++;
            }
            begin();
        } finally {
            lock.unlock();
        }
    }

    /** Counts the records whose preparation has not begun. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the records that may wait no longer. */
    List<WorkItem> overdue(Instant now) {
        lock.lock();
        try {
            List<WorkItem> overdue = new ArrayList<>();
            for (Tenant tenant : List.copyOf(tenants.values())) {
                tenant.queues.values().forEach(queue -> overdue.addAll(queue.overdue(now)));
                tenant.forgetIfIdle();
            }
            waiting -= overdue.size();
            return overdue;
        } finally {
            lock.unlock();
        }
    }

    /** Drops the records of fenced partitions, for another process has them. */
    void dropFenced() {
        lock.lock();
        try {
            for (Tenant tenant : List.copyOf(tenants.values())) {
                for (FairQueue queue : tenant.queues.values()) {
                    int before = queue.size();
                    queue.dropFenced();
                    waiting -= before - queue.size();
                }
                tenant.forgetIfIdle();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns how long a record waited before it was prepared, in nanoseconds. */
    static long waitedBefore(WorkItem item) {
        return item.preparation() instanceof InPlace inPlace ? inPlace.place.waitedNanos : 0;
    }

    private void begin() {
        while (waiting > 0 && !held.getAsBoolean()) {
            int places = Math.max(LEAST_PLACES, PLACES_PER_PERMIT * limiter.limit());
            int left = places - preparing - 1;
            Place next = left < 0 ? null : next(left);
            if (next == null) {
                return;
            }
            threads.execute(() -> work.prepare(next));
        }
    }

    /** Takes the next record that may begin, and its place. */
    private @Nullable Place next(int left) {
        Iterator<Tenant> turns = tenants.values().iterator();
        while (turns.hasNext()) {
            Tenant tenant = turns.next();
            Place place = tenant.next(left);
            if (place != null) {
                // Its next turn comes after those of all others
                turns.remove();
                tenants.put(tenant.name, tenant);
                return place;
            }
        }
        return null;
    }

    /** Holds what waits of one tenant, by the host of the photo in the order of the hosts' turns. */
    private final class Tenant {

        private final String name;
        private final Map<String, FairQueue> queues = new LinkedHashMap<>();
        private int preparing;
        private int ready;

        Tenant(String name) {
            this.name = name;
        }

        void add(WorkItem item, long now) {
            String host = Routing.photoHost(item.data().headers());
            queues.computeIfAbsent(host, _ -> new FairQueue(host, limiter, retryShare, fairness, nanoTime))
                    .add(item, now);
        }

        @Nullable
        Place next(int left) {
            if (preparing > left || ready >= Math.max(LEAST_READY, limiter.limit())) {
                return null;
            }
            Iterator<FairQueue> turns = queues.values().iterator();
            while (turns.hasNext()) {
                FairQueue queue = turns.next();
                if (queue.isEmpty() || HOST_PART * hosts.getOrDefault(queue.name(), 0) > left) {
                    continue;
                }
                int before = queue.size();
                FairQueue.Waiting next = queue.take();
                waiting -= before - queue.size();
                if (next != null) {
                    turns.remove();
                    queues.put(queue.name(), queue);
                    return new Place(this, queue, next);
                }
            }
            return null;
        }

        void forgetIfIdle() {
            queues.values().removeIf(FairQueue::idle);
            if (queues.isEmpty() && ready == 0) {
                tenants.remove(name, this);
            }
        }
    }

    /** Stands for one record from the beginning of its preparation until it has its turn, or has none. */
    public final class Place {

        private final Tenant tenant;
        private final FairQueue queue;
        private final WorkItem item;
        private final long waitedNanos;
        private boolean preparation = true;
        private boolean released;

        /** Takes the place; guarded by the lock. */
        private Place(Tenant tenant, FairQueue queue, FairQueue.Waiting next) {
            this.tenant = tenant;
            this.queue = queue;
            this.item = next.item();
            this.waitedNanos = nanoTime.getAsLong() - next.sinceNanos();
            preparing++;
            tenant.preparing++;
            hosts.merge(queue.name(), 1, Integer::sum);
        }

        /** Returns the record that is prepared. It has the place in its partition that {@code begin} gave. */
        public WorkItem item() {
            return item;
        }

        /** Ends the preparation. Returns the record with what was prepared, which counts until its turn. */
        public WorkItem prepared(Prepared prepared) {
            lock.lock();
            try {
                endPreparation();
                tenant.ready++;
                begin();
            } finally {
                lock.unlock();
            }
            return item.prepared(new InPlace(this, prepared));
        }

        /** Gives the place back; doing so again changes nothing. */
        public void release() {
            lock.lock();
            try {
                if (released) {
                    return;
                }
                released = true;
                if (preparation) {
                    endPreparation();
                } else {
                    tenant.ready--;
                }
                tenant.forgetIfIdle();
                begin();
            } finally {
                lock.unlock();
            }
        }

        private void endPreparation() {
            preparation = false;
            preparing--;
            tenant.preparing--;
            hosts.computeIfPresent(queue.name(), (_, count) -> count == 1 ? null : count - 1);
            queue.ended(item);
        }
    }

    /** Gives the place back when the record has its turn, or none. */
    private record InPlace(Place place, Prepared prepared) implements Prepared {

        @Override
        public Outcome handle(Attempt attempt) throws Exception {
            place.release();
            return prepared.handle(attempt);
        }

        @Override
        public void close() {
            place.release();
            prepared.close();
        }
    }
}
