package io.pawline.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class SystemDnsTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);

    @AutoClose
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    private final SilentServer server = new SilentServer();
    private final SystemDns dns = new SystemDns(server);

    /** A resolver whose name server is silent for the hosts with this word in them, until it is told to answer. */
    private static final class SilentServer implements Dns {
        private final CountDownLatch answers = new CountDownLatch(1);
        private final AtomicInteger silent = new AtomicInteger();
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public List<InetAddress> lookup(String hostname) throws UnknownHostException {
            asked.incrementAndGet();
            if (hostname.contains("silent")) {
                silent.incrementAndGet();
                try {
                    answers.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw new UnknownHostException("stopped");
                } finally {
                    silent.decrementAndGet();
                }
            }
            return List.of(InetAddress.ofLiteral("93.184.216.34"));
        }
    }

    @AfterEach
    void letTheServerAnswer() {
        server.answers.countDown();
    }

    @Test
    void letsSilentNamesOfOneTenantHoldUpNobodyElse() throws Exception {
        for (int i = 0; i < 200; i++) {
            var _ = begin("greedy", "silent-" + i + ".example-" + i + ".com");
        }
        await().until(() -> server.silent.get() == LookupShares.MOST_OF_TENANT);

        assertThat(lookUp("modest", "photos.example.org", LONG)).isNotEmpty();
        assertThatExceptionOfType(SystemDns.DnsTimeoutException.class)
                .isThrownBy(() -> lookUp("greedy", "photos.example.net", SHORT));
        assertThat(server.silent).hasValue(LookupShares.MOST_OF_TENANT);
    }

    @Test
    void letsSilentNamesOfOneDomainHoldUpNoOtherDomain() throws Exception {
        for (int i = 0; i < 40; i++) {
            var _ = begin("tenant-" + i, "silent-" + i + ".shop.co.uk");
        }
        await().until(() -> server.silent.get() == LookupShares.MOST_OF_DOMAIN);

        assertThat(lookUp("tenant-0", "photos.other.co.uk", LONG)).isNotEmpty();
        assertThat(server.silent).hasValue(LookupShares.MOST_OF_DOMAIN);
    }

    @Test
    void looksANameUpOnceForAllWhoAsk() throws Exception {
        List<Future<List<InetAddress>>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(begin("tenant-" + i, "silent.example"));
        }
        await().until(() -> server.silent.get() == 1);

        server.answers.countDown();

        for (Future<List<InetAddress>> each : all) {
            assertThat(each.get()).hasSize(1);
        }
        // Who asks after the answer is there has it looked up again
        assertThat(server.asked).hasValueLessThan(100);
    }

    @Test
    void takesNothingFromOthersAfterAWaitWasGivenUp() throws Exception {
        for (int i = 0; i < LookupShares.MOST_OF_TENANT; i++) {
            String host = "silent-" + i + ".example-" + i + ".com";
            assertThatExceptionOfType(SystemDns.DnsTimeoutException.class)
                    .isThrownBy(() -> lookUp("greedy", host, SHORT));
        }
        assertThat(server.silent).as("the resolver goes on").hasValue(LookupShares.MOST_OF_TENANT);

        server.answers.countDown();

        assertThat(lookUp("greedy", "photos.example.net", LONG)).isNotEmpty();
    }

    private Future<List<InetAddress>> begin(String tenant, String host) {
        return callers.submit(() -> lookUp(tenant, host, LONG));
    }

    private List<InetAddress> lookUp(String tenant, String host, Duration patience) throws UnknownHostException {
        return ScopedValue.where(AddressGuard.TENANT, tenant)
                .where(SystemDns.PATIENCE, patience)
                .<List<InetAddress>, UnknownHostException>call(() -> dns.lookup(host));
    }
}
