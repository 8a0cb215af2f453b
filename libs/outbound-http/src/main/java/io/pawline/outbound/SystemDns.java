package io.pawline.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;

/**
 * Looks up hosts with the system's resolver, on platform threads of its own and with a time limit. A look-up holds its
 * carrier thread and cannot be cancelled. So a dead name server would otherwise stop every virtual thread of the
 * process. The JDK caches the answers.
 */
final class SystemDns implements Dns {

    /** The longest wait of the caller for a look-up. */
    static final ScopedValue<Duration> PATIENCE = ScopedValue.newInstance();

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(10);
    private static final int THREADS = 32;

    private static final ExecutorService LOOKUPS = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("dns-", 0).daemon().factory());

    private final Dns resolver;

    SystemDns() {
        this(Dns.SYSTEM);
    }

    SystemDns(Dns resolver) {
        this.resolver = resolver;
    }

    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
        Future<List<InetAddress>> lookup = LOOKUPS.submit(() -> resolver.lookup(hostname));
        try {
            return lookup.get(PATIENCE.orElse(USUAL_PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException tooSlow) {
            lookup.cancel(true);
            throw new DnsTimeoutException();
        } catch (InterruptedException interrupted) {
            lookup.cancel(true);
            Thread.currentThread().interrupt();
            throw failed("interrupted while looking the host up", interrupted);
        } catch (ExecutionException failed) {
            throw failed("the host is unknown", failed.getCause() == null ? failed : failed.getCause());
        }
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
