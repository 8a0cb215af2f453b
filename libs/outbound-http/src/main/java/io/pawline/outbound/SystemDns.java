package io.pawline.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;

/**
 * Looks up hosts with the system's resolver, on platform threads of its own and with a time limit. A look-up holds its
 * carrier thread and cannot be cancelled. So a dead name server would otherwise stop every virtual thread of the
 * process. The JDK caches the answers.
 *
 * <p>A name is looked up once at a time, for all who ask for it. {@link LookupShares} bounds how many names of one
 * tenant and of one domain are looked up at once. So names whose name server is silent keep no thread from the others.
 * Each instance has its own threads: photos, callbacks and providers do not wait for each other. Thread-safe.
 */
final class SystemDns implements Dns {

    /** The longest wait of the caller for a look-up. */
    static final ScopedValue<Duration> PATIENCE = ScopedValue.newInstance();

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final String NOBODY = "";

    private final Dns resolver;
    private final LookupShares shares = new LookupShares();
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();

    /** The shares bound the number of its threads. */
    private final Executor threads = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name("dns-", 0).daemon().factory());

    SystemDns() {
        this(Dns.SYSTEM);
    }

    SystemDns(Dns resolver) {
        this.resolver = resolver;
    }

    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
        long end = System.nanoTime() + PATIENCE.orElse(USUAL_PATIENCE).toNanos();
        try {
            CompletableFuture<List<InetAddress>> lookup = underWay.get(hostname);
            if (lookup == null) {
                lookup = begin(hostname, end);
            }
            return lookup.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException tooSlow) {
            throw new DnsTimeoutException();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while looking the host up", interrupted);
        } catch (ExecutionException failed) {
            throw failed("the host is unknown", failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private CompletableFuture<List<InetAddress>> begin(String hostname, long end)
            throws InterruptedException, TimeoutException {
        LookupShares.Share share = shares.take(AddressGuard.TENANT.orElse(NOBODY), hostname, end);
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> earlier = underWay.putIfAbsent(hostname, answer);
        if (earlier != null) {
            share.close();
            return earlier;
        }
        threads.execute(() -> {
            try (share) {
                answer.complete(resolver.lookup(hostname));
            } catch (UnknownHostException | RuntimeException e) {
                answer.completeExceptionally(e);
            } finally {
                underWay.remove(hostname, answer);
            }
        });
        return answer;
    }

    private static UnknownHostException failed(String message, Throwable cause) {
        UnknownHostException failure = new UnknownHostException(message);
        failure.initCause(cause);
        return failure;
    }

    /** Says that the name server did not answer in time. */
    static final class DnsTimeoutException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        DnsTimeoutException() {
            super("the name server did not answer in time");
        }
    }
}
