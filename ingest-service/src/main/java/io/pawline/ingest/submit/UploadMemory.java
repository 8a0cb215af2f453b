package io.pawline.ingest.submit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes of large bodies that this process holds at once. A request takes its share before anything of its
 * body is read, and waits for it. Requests get their shares in the order in which they came. But a tenant has at most
 * half of the bytes, if it holds more than one share: slow clients of one tenant leave room for the others. Thread-safe.
 *
 * <p>A request that waits for too long is refused with the time after which it would get a share. That time follows from
 * what the tenant gave back lately, and from what was promised to those that were refused before. So clients who come
 * back at the time that they were given do not come all at once. No time is longer than a minute, because the pace may
 * be another one by then: those who would have more are spread over the second half of the minute.
 */
final class UploadMemory {

    /** Shorter than the pause after which the web server takes a client for gone. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    /** The pace is that of the last bytes, up to so many times the most that a tenant can hold. */
    private static final int PACE_TURNS = 2;

    /** Multiples of it, less the whole numbers, lie evenly between 0 and 1. */
    private static final double GOLDEN_RATIO = 0.618034;

    private final long most;
    private final long mostOfTenant;
    private final Duration longestHold;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Tenant> tenants = new HashMap<>();
    private final Queue<Waiter> waiting = new ArrayDeque<>();
    private long held;

    /**
     * A bound of so many bytes.
     *
     * @param longestHold the time within which every share is given back, because its client has to be done by then
     */
    UploadMemory(long bytes, Duration longestHold) {
        this(bytes, longestHold, System::nanoTime);
    }

    UploadMemory(long bytes, Duration longestHold, LongSupplier nanoTime) {
        this(bytes, bytes / 2, longestHold, nanoTime);
    }

    private UploadMemory(long bytes, long mostOfTenant, Duration longestHold, LongSupplier nanoTime) {
        if (bytes < 2) {
            throw new IllegalArgumentException("the memory for uploads must be > 1 byte, was " + bytes);
        }
        this.most = bytes;
        this.mostOfTenant = mostOfTenant;
        this.longestHold = longestHold;
        this.nanoTime = nanoTime;
    }

    /**
     * A bound for work that no client can make slow, such as decoding. So one tenant may have all of it while no other
     * waits.
     *
     * @param longestHold the time within which every share is given back
     */
    static UploadMemory forWork(long bytes, Duration longestHold) {
        return new UploadMemory(bytes, bytes, longestHold, System::nanoTime);
    }

    /**
     * Takes a share of so many bytes. A request that needs more than all takes all.
     *
     * @throws TooManyUploadsException if none became free within 5 s
     */
    Share take(String tenant, long bytes) throws InterruptedException {
        return take(tenant, bytes, LONGEST_WAIT);
    }

    Share take(String tenant, long bytes, Duration longestWait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return new Share(tenant, granted(tenant, bytes, longestWait));
        } finally {
            lock.unlock();
        }
    }

    /** A share of nothing, that can be {@linkplain Share#extend extended}. */
    Share none(String tenant) {
        return new Share(tenant, null);
    }

    private Waiter granted(String tenant, long bytes, Duration longestWait) throws InterruptedException {
        Waiter waiter = enqueue(tenant, Math.clamp(bytes, 1, most));
        try {
            long left = longestWait.toNanos();
            while (!waiter.granted && left > 0) {
                left = waiter.turn.awaitNanos(left);
            }
            if (!waiter.granted) {
                throw new TooManyUploadsException(waiter.tenant.retryAfter(waiter.bytes));
            }
            return waiter;
        } catch (InterruptedException | TooManyUploadsException e) {
            leave(waiter);
            throw e;
        }
    }

    private Waiter enqueue(String name, long bytes) {
        Tenant tenant = tenants.computeIfAbsent(name, _ -> new Tenant());
        Waiter waiter = new Waiter(tenant, bytes, lock.newCondition());
        tenant.join(waiter);
        waiting.add(waiter);
        grant();
        return waiter;
    }

    /** Takes back what a request has that gives up: its share, or its place in the queue. */
    private void leave(Waiter waiter) {
        if (waiter.granted) {
            giveBack(waiter, false);
        } else {
            waiting.remove(waiter);
            waiter.tenant.waiting -= waiter.bytes;
            forgetIdle();
            grant();
        }
    }

    /** @param done whether its request is, so that it says something about the pace */
    private void giveBack(Waiter waiter, boolean done) {
        held -= waiter.bytes;
        waiter.tenant.held -= waiter.bytes;
        if (done) {
            waiter.tenant.count(waiter.bytes);
        }
        forgetIdle();
        grant();
    }

    /** Gives shares in order. Those of a tenant that has enough are passed by; a large one is not. */
    private void grant() {
        for (Iterator<Waiter> queue = waiting.iterator(); queue.hasNext(); ) {
            Waiter next = queue.next();
            if (next.tenant.held > 0 && next.tenant.held + next.bytes > mostOfTenant) {
                continue;
            }
            if (held + next.bytes > most) {
                return;
            }
            queue.remove();
            held += next.bytes;
            next.tenant.held += next.bytes;
            next.tenant.waiting -= next.bytes;
            next.granted = true;
            next.turn.signal();
        }
    }

    /** Counts what a request holds, even beyond the bound. */
    private Waiter hold(String name, long bytes) {
        Tenant tenant = tenants.computeIfAbsent(name, _ -> new Tenant());
        Waiter holder = new Waiter(tenant, bytes, lock.newCondition());
        holder.granted = true;
        held += bytes;
        tenant.held += bytes;
        return holder;
    }

    private void forgetIdle() {
        long now = nanoTime.getAsLong();
        tenants.values().removeIf(tenant -> tenant.held == 0 && tenant.waiting == 0 && tenant.promised - now <= 0);
    }

    /** The number of requests that wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are held. */
    long held() {
        lock.lock();
        try {
            return held;
        } finally {
            lock.unlock();
        }
    }

    /** Holds what one request has taken, until it is closed. Closing it again changes nothing. Used by one thread. */
    final class Share implements AutoCloseable {

        private final String tenant;
        private final long first;
        private @Nullable Waiter waiter;
        private @Nullable TooManyUploadsException refused;
        private boolean closed;

        private Share(String tenant, @Nullable Waiter waiter) {
            this.tenant = tenant;
            this.first = waiter == null ? 0 : waiter.bytes;
            this.waiter = waiter;
        }

        /**
         * Takes so many bytes beside those that the request took first. What it was extended by before counts. While it
         * waits, others may have what it holds, or requests that hold something and want more would wait for each other.
         *
         * @throws TooManyUploadsException if they did not become free within 5 s, now or for the call before; the share
         *     is then as it was
         */
        void extend(long bytes) throws InterruptedException {
            extend(bytes, LONGEST_WAIT);
        }

        void extend(long bytes, Duration longestWait) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                Waiter before = waiter;
                long wanted = Math.clamp(first + bytes, 1, most);
                if (before != null && before.bytes >= wanted) {
                    return;
                }
                if (refused != null) {
                    throw refused;
                }
                waiter = null;
                if (before != null) {
                    giveBack(before, false);
                }
                try {
                    waiter = granted(tenant, wanted, longestWait);
                } catch (InterruptedException | TooManyUploadsException e) {
                    waiter = before == null ? null : hold(tenant, before.bytes);
                    refused = e instanceof TooManyUploadsException tooMany ? tooMany : null;
                    throw e;
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!closed && waiter != null) {
                    giveBack(waiter, true);
                }
                closed = true;
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class Waiter {

        private final Tenant tenant;
        private final long bytes;
        private final Condition turn;
        private boolean granted;

        private Waiter(Tenant tenant, long bytes, Condition turn) {
            this.tenant = tenant;
            this.bytes = bytes;
            this.turn = turn;
        }
    }

    /** Counts what one tenant has, wants, and was promised. Guarded by the lock. */
    private final class Tenant {

        private long held;
        private long waiting;
        /** What was given back lately while requests waited, and how long that took. */
        private double givenBack;

        private double nanos;
        private long since;
        private long promised;
        private int spread;

        private Tenant() {
            promised = nanoTime.getAsLong();
        }

        private void join(Waiter waiter) {
            if (waiting == 0) {
                since = nanoTime.getAsLong();
            }
            waiting += waiter.bytes;
        }

        private void count(long bytes) {
            if (waiting == 0) {
                return; // it is not known when it would have been given back if others had waited
            }
            long now = nanoTime.getAsLong();
            nanos += now - since;
            givenBack += bytes;
            since = now;
            if (givenBack > (double) PACE_TURNS * mostOfTenant) {
                nanos /= 2;
                givenBack /= 2;
            }
        }

        /** The time until this request would get a share. It comes after all that wait and all promises before. */
        private Duration retryAfter(long bytes) {
            long now = nanoTime.getAsLong();
            boolean known = givenBack > 0;
            double nanosPerByte =
                    known ? (nanos + (now - since)) / givenBack : (double) longestHold.toNanos() / mostOfTenant;
            double untilOthersAreDone = nanosPerByte * (waiting - bytes);
            double own = Math.max(untilOthersAreDone, (double) (promised - now)) + nanosPerByte * bytes;
            long longest = (known ? LONGEST_RETRY : longestHold).toNanos();
            promised = now + (long) Math.min(own, (double) longest);
            double wait = Math.min(own, (double) longest);
            if (known && own > longest) {
                spread++;
                wait = longest * (0.5 + 0.5 * (spread * GOLDEN_RATIO % 1));
            }
            return Duration.ofNanos(Math.max((long) wait, SHORTEST_RETRY.toNanos()));
        }
    }
}
