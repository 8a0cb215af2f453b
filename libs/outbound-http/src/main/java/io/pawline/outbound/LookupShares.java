package io.pawline.outbound;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.HttpUrl;

/**
 * Bounds the look-ups of hosts at one moment: in all, of each tenant that named them, and of each domain that somebody
 * can register. A look-up counts until the resolver gives it back, also if nobody waits for it any more. Thread-safe.
 */
final class LookupShares {

    static final int MOST = 128;
    static final int MOST_OF_TENANT = 16;
    static final int MOST_OF_DOMAIN = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Integer> ofTenant = new HashMap<>();
    private final Map<String, Integer> ofDomain = new HashMap<>();
    private int underWay;

    /** A look-up that counts until it is closed. */
    final class Share implements AutoCloseable {

        private final String tenant;
        private final String domain;

        private Share(String tenant, String domain) {
            this.tenant = tenant;
            this.domain = domain;
        }

        /** Ends it. To be called once. */
        @Override
        public void close() {
            lock.lock();
            try {
                underWay--;
                ofTenant.computeIfPresent(tenant, (_, count) -> count == 1 ? null : count - 1);
                ofDomain.computeIfPresent(domain, (_, count) -> count == 1 ? null : count - 1);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Waits until one more look-up may begin.
     *
     * @param tenant who named the host; empty: none did
     * @param end of the wait, by {@link System#nanoTime}
     * @throws TimeoutException if none may until then
     */
    Share take(String tenant, String hostname, long end) throws InterruptedException, TimeoutException {
        String domain = domain(hostname);
        lock.lockInterruptibly();
        try {
            while (!mayBegin(tenant, domain)) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new TimeoutException("too many hosts are looked up already");
                }
                changed.awaitNanos(left);
            }
            underWay++;
            ofTenant.merge(tenant, 1, Integer::sum);
            ofDomain.merge(domain, 1, Integer::sum);
            return new Share(tenant, domain);
        } finally {
            lock.unlock();
        }
    }

    private boolean mayBegin(String tenant, String domain) {
        return underWay < MOST
                && (tenant.isEmpty() || ofTenant.getOrDefault(tenant, 0) < MOST_OF_TENANT)
                && ofDomain.getOrDefault(domain, 0) < MOST_OF_DOMAIN;
    }

    /** The domain that somebody registered, by the public suffix list; the host itself if there is none. */
    private static String domain(String hostname) {
        try {
            HttpUrl url = new HttpUrl.Builder().scheme("http").host(hostname).build();
            return Optional.ofNullable(url.topPrivateDomain()).orElse(hostname);
        } catch (IllegalArgumentException noHost) {
            return hostname;
        }
    }
}
