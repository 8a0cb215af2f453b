package io.pawline.ingest.submit;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes of large bodies that this process holds at once. A request takes its share before anything of its
 * body is read, and waits for it in a {@link ShareQueue}. A tenant has at most half of the bytes, if it holds more than
 * one share: slow clients of one tenant leave room for the others. Thread-safe.
 *
 * <p>A request that waits for too long is refused with the time after which it would get a share. If it comes back then,
 * it waits for longer, because the pace may have become another one.
 */
final class UploadMemory {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** Even then, it is no longer than what load balancers and clients wait for. */
    private static final int TIMES_LONGER_IF_IN_TIME = 4;

    private final long most;
    private final Duration longestWait;
    private final int timesLongerIfInTime;
    private final ShareQueue queue;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * A bound of so many bytes.
     *
     * @param longestHold the time within which every share is given back, because its client has to be done by then
     */
    UploadMemory(long bytes, Duration longestHold) {
        this(bytes, longestHold, System::nanoTime);
    }

    UploadMemory(long bytes, Duration longestHold, LongSupplier nanoTime) {
        this(bytes, bytes / 2, LONGEST_WAIT, TIMES_LONGER_IF_IN_TIME, longestHold, nanoTime);
    }

    private UploadMemory(
            long bytes,
            long mostOfTenant,
            Duration longestWait,
            int timesLongerIfInTime,
            Duration longestHold,
            LongSupplier nanoTime) {
        if (bytes < 2) {
            throw new IllegalArgumentException("the memory for uploads must be > 1 byte, was " + bytes);
        }
        this.most = bytes;
        this.longestWait = longestWait;
        this.timesLongerIfInTime = timesLongerIfInTime;
        this.queue = new ShareQueue(bytes, mostOfTenant, longestHold, nanoTime);
    }

    /**
     * A bound for work that no client can make slow, such as decoding. So one tenant may have all of it while no other
     * waits. Its clients have sent everything already and have passed one bound, so they wait here for long.
     *
     * @param longestHold the time within which every share is given back, and the longest wait for one
     */
    static UploadMemory forWork(long bytes, Duration longestHold) {
        return new UploadMemory(bytes, bytes, longestHold, 1, longestHold, System::nanoTime);
    }

    /**
     * Takes a share of so many bytes. A request that needs more than all takes all.
     *
     * @throws TooManyUploadsException if none became free within 5 s, or within 20 s for a request that was refused before
     *     and is in time; for work within the longest hold
     */
    Share take(String tenant, long bytes) throws InterruptedException {
        return take(tenant, bytes, longestWait);
    }

    Share take(String tenant, long bytes, Duration longest) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return new Share(tenant, granted(tenant, bytes, longest));
        } finally {
            lock.unlock();
        }
    }

    /** A share of nothing, that can be {@linkplain Share#extend extended}. */
    Share none(String tenant) {
        return new Share(tenant, null);
    }

    private ShareQueue.Place granted(String tenant, long bytes, Duration longest) throws InterruptedException {
        Condition turn = lock.newCondition();
        ShareQueue.Place place = queue.join(tenant, Math.clamp(bytes, 1, most), turn::signal);
        try {
            long left = longest.toNanos() * (place.isInTime() ? timesLongerIfInTime : 1);
            while (!place.isGranted() && left > 0) {
                left = turn.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            if (place.isGranted()) {
                queue.giveBack(place, false);
            } else {
                queue.leave(place);
            }
            throw e;
        }
        if (!place.isGranted()) {
            throw new TooManyUploadsException(queue.refuse(place));
        }
        return place;
    }

    /** The number of requests that wait. */
    int waiting() {
        lock.lock();
        try {
            return queue.waiting();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are held. */
    long held() {
        lock.lock();
        try {
            return queue.held();
        } finally {
            lock.unlock();
        }
    }

    /** Holds what one request has taken, until it is closed. Closing it again changes nothing. Used by one thread. */
    final class Share implements AutoCloseable {

        private final String tenant;
        private final long first;
        private ShareQueue.@Nullable Place place;
        private @Nullable TooManyUploadsException refused;
        private boolean closed;

        private Share(String tenant, ShareQueue.@Nullable Place place) {
            this.tenant = tenant;
            this.first = place == null ? 0 : place.bytes();
            this.place = place;
        }

        /**
         * Takes so many bytes beside those that the request took first. What it was extended by before counts. While it
         * waits, others may have what it holds, or requests that hold something and want more would wait for each other.
         *
         * @throws TooManyUploadsException if they did not become free in time, now or for the call before; the share
         *     is then as it was
         */
        void extend(long bytes) throws InterruptedException {
            extend(bytes, longestWait);
        }

        void extend(long bytes, Duration longest) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                ShareQueue.Place before = place;
                long wanted = Math.clamp(first + bytes, 1, most);
                if (before != null && before.bytes() >= wanted) {
                    return;
                }
                if (refused != null) {
                    throw refused;
                }
                place = null;
                if (before != null) {
                    queue.giveBack(before, false);
                }
                try {
                    place = granted(tenant, wanted, longest);
                } catch (InterruptedException | TooManyUploadsException e) {
                    place = before == null ? null : queue.hold(tenant, before.bytes());
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
                if (!closed && place != null) {
                    queue.giveBack(place, true);
                }
                closed = true;
            } finally {
                lock.unlock();
            }
        }
    }
}
