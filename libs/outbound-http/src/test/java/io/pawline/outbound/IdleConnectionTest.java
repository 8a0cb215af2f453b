package io.pawline.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.schemas.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shows that a host that gives up idle connections costs no attempt, and that no paid call is sent twice. */
@Timeout(60)
class IdleConnectionTest {

    private static final Timeouts PATIENT = new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(40));
    private static final DataLimit LIMIT = DataLimit.ofKilobytes(64);

    /** What the server does with a connection after an answer, without saying so in the answer. */
    enum Habit {
        CLOSES_AFTER_EACH_ANSWER,
        CLOSES_WHEN_IDLE_FOR_A_SECOND,
        RESETS,
        FORGETS
    }

    private final OutboundHttp http = OutboundHttp.create(OutboundProperties.allowing());
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final Semaphore answered = new Semaphore(0);
    private final Semaphore givenUp = new Semaphore(0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch forgotten = new CountDownLatch(1);
    private ServerSocket server;
    private CyclicBarrier together = new CyclicBarrier(1);
    private volatile Habit habit = Habit.FORGETS;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var _ = threads.submit(() -> {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                var _ = threads.submit(() -> serve(socket));
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(
            value = Habit.class,
            names = {"CLOSES_AFTER_EACH_ANSWER", "CLOSES_WHEN_IDLE_FOR_A_SECOND", "RESETS"})
    void aConnectionThatIsGivenUpWhileIdleCostsNoAttempt(Habit given) throws Exception {
        habit = given;
        for (int call = 1; call <= 3; call++) {
            assertThat(http.exchange(post(), PATIENT, LIMIT))
                    .as("call %d", call)
                    .isInstanceOf(Answered.class);
            answered.release();
            givenUp.acquire();
        }

        assertThat(requests).as("each is sent once").hasValue(3);
        assertThat(connections).hasValue(3);
    }

    @Test
    void aConnectionThatIsWholeIsUsedAgain() throws Exception {
        for (int call = 1; call <= 3; call++) {
            assertThat(http.exchange(post(), PATIENT, LIMIT)).isInstanceOf(Answered.class);
        }

        assertThat(connections).hasValue(1);
    }

    @Test
    void theTryAfterALostConnectionGoesOverAFreshOne() throws Exception {
        int idle = 3;
        together = new CyclicBarrier(idle);
        List<Future<Exchange>> first = new ArrayList<>();
        for (int i = 0; i < idle; i++) {
            first.add(threads.submit(() -> http.exchange(post(), PATIENT, LIMIT)));
        }
        for (Future<Exchange> exchange : first) {
            assertThat(exchange.get()).isInstanceOf(Answered.class);
        }
        together = new CyclicBarrier(1);
        // From now on the host resets what comes over one of these, as a firewall does that has forgotten them
        forgotten.countDown();

        assertThat(http.exchange(post(), PATIENT, LIMIT))
                .isInstanceOfSatisfying(
                        Died.class, died -> assertThat(died.reason()).isEqualTo(Reason.CONNECTION_LOST));
        assertThat(http.exchange(post(), PATIENT, LIMIT)).isInstanceOf(Answered.class);
        assertThat(requests).as("no paid call is sent twice").hasValue(idle + 2);
    }

    private Void serve(Socket socket) {
        boolean old = forgotten.getCount() > 0;
        try (socket) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            while (readRequest(in)) {
                requests.incrementAndGet();
                if (old && forgotten.getCount() == 0) {
                    socket.setSoLinger(true, 0);
                    return null;
                }
                together.await();
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(UTF_8));
                if (habit == Habit.CLOSES_WHEN_IDLE_FOR_A_SECOND) {
                    socket.setSoTimeout(1_000);
                } else if (habit != Habit.FORGETS) {
                    socket.setSoLinger(habit == Habit.RESETS, 0);
                    // A reset discards an answer that the client has not read yet
                    answered.acquire();
                    break;
                }
            }
        } catch (SocketException gone) {
            // the client has closed it
        } catch (IOException idle) {
            // closed by now
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
        givenUp.release();
        return null;
    }

    private static boolean readRequest(BufferedReader in) throws IOException {
        String line = in.readLine();
        if (line == null) {
            return false;
        }
        while (!line.isEmpty()) {
            line = in.readLine();
            if (line == null) {
                throw new UncheckedIOException(new IOException("a request without an end"));
            }
        }
        // The body: {}
        return in.skip(2) == 2;
    }

    private Request post() {
        return new Request.Builder()
                .url("http://127.0.0.1:" + server.getLocalPort() + "/secret")
                .post(RequestBody.create("{}".getBytes(UTF_8)))
                .build();
    }
}
