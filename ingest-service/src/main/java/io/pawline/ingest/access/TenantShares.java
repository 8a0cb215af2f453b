package io.pawline.ingest.access;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Shares a number of places among tenants. A tenant gets a place if it holds fewer than nine times as many as are free
 * (<a href="https://doi.org/10.1109/90.664262">dynamic thresholds</a>, Choudhury and Hahne 1998). So one tenant alone
 * gets nine tenths of them, two get nearly half each, and some are always left for the next. Thread-safe.
 */
public final class TenantShares {

    private static final long GREED = 9;

    private final int places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> held = new HashMap<>();
    private int taken;

    /** @param places to be shared, 1 or more */
    public TenantShares(int places) {
        this.places = places;
    }

    /** A place that a tenant holds until it is closed. */
    public final class Place implements AutoCloseable {

        private final String tenant;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Place(String tenant) {
            this.tenant = tenant;
        }

        /** Gives the place back; every call after the first does nothing. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                giveBack(tenant);
            }
        }
    }

    /** Takes a place for a tenant; null if it has its share, or none is free. */
    public @Nullable Place take(String tenant) {
        lock.lock();
        try {
            int own = held.getOrDefault(tenant, 0);
            if (own >= GREED * (places - taken)) {
                return null;
            }
            held.put(tenant, own + 1);
            taken++;
            return new Place(tenant);
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(String tenant) {
        lock.lock();
        try {
            held.computeIfPresent(tenant, (_, count) -> count == 1 ? null : count - 1);
            taken--;
        } finally {
            lock.unlock();
        }
    }

    /** The number of places that are held. */
    public int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
