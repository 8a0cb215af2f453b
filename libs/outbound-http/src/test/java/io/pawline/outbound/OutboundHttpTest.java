package io.pawline.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.CallPhase;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.schemas.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OutboundHttpTest {

    private static final DataLimit LIMIT = DataLimit.ofKilobytes(64);
    private static final Timeouts PATIENT = new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(40));
    /** A time that is enough to connect on a busy machine. */
    private static final Timeouts HASTY = new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(2));

    /** A size that is more than the buffers of two sockets hold. */
    private static final int HUGE = 64 << 20;

    private final MockWebServer server = new MockWebServer();
    private final OutboundHttp http = OutboundHttp.create(OutboundProperties.allowing());

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void returnsTheWholeAnswerWhateverItsStatus() throws Exception {
        server.enqueue(response(418)
                .addHeader("X-Request-Id", "r1")
                .body("short and stout")
                .build());

        Exchange exchange = http.exchange(get(), PATIENT, LIMIT);

        assertThat(exchange).isInstanceOfSatisfying(Answered.class, answered -> {
            assertThat(answered.status()).isEqualTo(418);
            assertThat(answered.headers().get("x-request-id")).isEqualTo("r1");
            assertThat(new String(answered.body(), UTF_8)).isEqualTo("short and stout");
        });
    }

    @Test
    void takesABodyOfExactlyTheLimitAndNoneThatIsLonger() throws Exception {
        server.enqueue(response(200).body("1234").build());
        server.enqueue(response(200).body("12345").build());
        server.enqueue(response(200).chunkedBody("123456789", 3).build());

        assertThat(http.exchange(get(), PATIENT, DataLimit.ofBytes(4))).isInstanceOf(Answered.class);
        for (int i = 0; i < 2; i++) {
            assertDied(http.exchange(get(), PATIENT, DataLimit.ofBytes(4)), Reason.MALFORMED_ANSWER, CallPhase.READ);
        }
    }

    @Test
    void takesTheMemoryOfABodyBeforeItIsRead() throws Exception {
        server.enqueue(response(200).body("12345").build());
        server.enqueue(response(200).chunkedBody("12345", 3).build());
        server.enqueue(response(200).body("12345").build());
        List<Long> taken = new ArrayList<>();
        BodyMemory memory = new BodyMemory(_ -> false, taken::add);

        for (int limit : new int[] {9, 9, 4}) {
            var _ = http.exchange(get(), PATIENT, DataLimit.ofBytes(limit), memory);
        }

        assertThat(taken)
                .as("the length, twice the limit where no length is named, no more than shows that it is too long")
                .containsExactly(5L, 20L, 5L);
    }

    @Test
    void endsTheCallThatIsInterruptedWhileItWaitsForMemory() {
        server.enqueue(response(200).body("12345").build());
        BodyMemory memory = new BodyMemory(_ -> false, _ -> {
            throw new InterruptedException("given up");
        });

        assertThatThrownBy(() -> http.exchange(get(), PATIENT, LIMIT, memory)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void reportsAHostThatRefusesToConnect() throws Exception {
        int port = server.getPort();
        server.close();

        Exchange exchange = http.exchange(get("http://127.0.0.1:" + port + "/secret"), PATIENT, LIMIT);

        assertDied(exchange, Reason.CONNECTION_FAILED, CallPhase.CONNECT);
    }

    @Test
    void reportsAnUnknownHost() throws Exception {
        OutboundHttp guarded = OutboundHttp.guarded(
                OutboundProperties.allowing(), new AddressGuard(AllowList.parse(List.of()), new TestingDns()));

        Exchange exchange = guarded.exchange(get("http://nowhere.example/secret"), PATIENT, LIMIT);

        assertDied(exchange, Reason.CONNECTION_FAILED, CallPhase.CONNECT);
    }

    @Test
    void reportsANameServerThatDoesNotAnswer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        SystemDns slow = new SystemDns(_ -> {
            try {
                never.await();
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        });
        OutboundHttp guarded =
                OutboundHttp.guarded(OutboundProperties.allowing(), new AddressGuard(AllowList.parse(List.of()), slow));

        Exchange exchange = guarded.exchange(get("http://photos.example/secret"), HASTY, LIMIT);

        assertDied(exchange, Reason.CONNECT_TIMEOUT, CallPhase.CONNECT);
    }

    @Test
    void reportsAFailedTlsHandshake() throws Exception {
        // Answers in plain text without waiting for a line's end, which a ClientHello may or may not contain.
        try (ServerSocket plain = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.ofVirtual().start(() -> {
                try (Socket client = plain.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    client.getInputStream().readAllBytes();
                } catch (IOException gone) {
                    throw new UncheckedIOException(gone);
                }
            });

            Exchange exchange =
                    http.exchange(get("https://127.0.0.1:" + plain.getLocalPort() + "/secret"), PATIENT, LIMIT);

            assertDied(exchange, Reason.CONNECTION_FAILED, CallPhase.CONNECT);
            answering.join();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reportsATlsHandshakeThatTakesTooLong(boolean connectLimitIsShorter) throws Exception {
        Duration brief = Duration.ofMillis(300);
        Duration ample = Duration.ofSeconds(40);
        Timeouts timeouts = connectLimitIsShorter ? new Timeouts(brief, ample) : new Timeouts(ample, brief);
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Exchange exchange =
                    http.exchange(get("https://127.0.0.1:" + silent.getLocalPort() + "/secret"), timeouts, LIMIT);

            assertDied(exchange, Reason.CONNECT_TIMEOUT, CallPhase.CONNECT);
        }
    }

    @Test
    void reportsAConnectionThatIsNotAcceptedInTime() throws Exception {
        List<Socket> queue = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 2; i++) { // Linux queues one more than the backlog
                queue.add(new Socket(full.getInetAddress(), full.getLocalPort()));
            }
            Timeouts timeouts = new Timeouts(Duration.ofMillis(300), Duration.ofSeconds(40));

            Exchange exchange =
                    http.exchange(get("http://127.0.0.1:" + full.getLocalPort() + "/secret"), timeouts, LIMIT);

            assertDied(exchange, Reason.CONNECT_TIMEOUT, CallPhase.CONNECT);
        } finally {
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }

    @Test
    void reportsARequestThatIsNotTakenInTime() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Exchange exchange =
                    http.exchange(hugePost("http://127.0.0.1:" + deaf.getLocalPort() + "/secret"), HASTY, LIMIT);

            assertDied(exchange, Reason.READ_TIMEOUT, CallPhase.SEND);
        }
    }

    @Test
    void reportsAnAnswerThatDoesNotCome() throws Exception {
        server.enqueue(
                response(200).onResponseStart(SocketEffect.Stall.INSTANCE).build());
        server.enqueue(
                response(200).onResponseStart(SocketEffect.Stall.INSTANCE).build());

        assertDied(http.exchange(get(), HASTY, LIMIT), Reason.READ_TIMEOUT, CallPhase.WAIT);
        assertDied(http.exchange(post(), HASTY, LIMIT), Reason.READ_TIMEOUT, CallPhase.WAIT);
    }

    @Test
    void reportsAnAnswerThatDoesNotEnd() throws Exception {
        server.enqueue(response(200)
                .body("x".repeat(2000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());

        assertDied(http.exchange(post(), HASTY, LIMIT), Reason.READ_TIMEOUT, CallPhase.READ);
    }

    @Test
    void endsAnAnswerThatTricklesAtTheDeadlineOfTheWholeCall() throws Exception {
        server.enqueue(response(200)
                .body("x".repeat(2000))
                .throttleBody(1, 50, TimeUnit.MILLISECONDS)
                .build());

        assertDied(http.exchange(post(), HASTY, LIMIT), Reason.READ_TIMEOUT, CallPhase.READ);
    }

    @Test
    void reportsAConnectionLostWhileTheRequestIsSent() throws Exception {
        server.enqueue(
                response(200).onRequestBody(new SocketEffect.CloseSocket()).build());

        Exchange exchange = http.exchange(hugePost(server.url("/secret").toString()), PATIENT, LIMIT);

        assertDied(exchange, Reason.CONNECTION_LOST, CallPhase.SEND);
    }

    @Test
    void reportsAConnectionLostBeforeAnAnswer() throws Exception {
        server.enqueue(
                response(200).onResponseStart(new SocketEffect.CloseSocket()).build());

        assertDied(http.exchange(post(), PATIENT, LIMIT), Reason.CONNECTION_LOST, CallPhase.WAIT);
        assertThat(server.getRequestCount()).as("calls made").isEqualTo(1);
    }

    @Test
    void reportsAConnectionLostDuringTheAnswer() throws Exception {
        server.enqueue(response(200)
                .body("x".repeat(2000))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());

        assertDied(http.exchange(post(), PATIENT, LIMIT), Reason.CONNECTION_LOST, CallPhase.READ);
    }

    @Test
    void reportsAnAnswerThatIsNoHttp() throws Exception {
        try (ServerSocket odd = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> answering = threads.submit(() -> {
                try (Socket socket = odd.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write("220 mail.example ESMTP\r\n".getBytes(UTF_8));
                    socket.getOutputStream().flush();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
                return null;
            });

            Exchange exchange =
                    http.exchange(get("http://127.0.0.1:" + odd.getLocalPort() + "/secret"), PATIENT, LIMIT);

            assertDied(exchange, Reason.MALFORMED_ANSWER, CallPhase.WAIT);
            answering.get();
        }
    }

    @Test
    void makesEachCallOnceWhateverTheAnswer() throws Exception {
        server.enqueue(response(503).addHeader("Retry-After", "0").build());
        server.enqueue(response(408).build());
        server.enqueue(response(307).addHeader("Location", "/elsewhere").build());
        server.enqueue(
                response(401).addHeader("WWW-Authenticate", "Basic realm=\"x\"").build());

        for (int status : new int[] {503, 408, 307, 401}) {
            assertThat(http.exchange(post(), PATIENT, LIMIT))
                    .isInstanceOfSatisfying(
                            Answered.class,
                            answered -> assertThat(answered.status()).isEqualTo(status));
        }
        assertThat(server.getRequestCount()).isEqualTo(4);
    }

    /** Servers close idle connections that they do not keep open, or no longer. */
    @Test
    void sendsWhatMayArriveTwiceAgainWhenAnIdleConnectionIsClosed() throws Exception {
        for (int i = 0; i < 5; i++) {
            server.enqueue(
                    response(200).onResponseEnd(new SocketEffect.CloseSocket()).build());
        }
        OutboundHttp guarded = OutboundHttp.guarded(OutboundProperties.allowing("127.0.0.1"));

        for (int i = 0; i < 5; i++) {
            assertThat(guarded.exchange(post(), PATIENT, LIMIT))
                    .as("call %d", i)
                    .isInstanceOf(Answered.class);
        }
    }

    @Test
    void doesNotSendAgainWhatANewConnectionTook() throws Exception {
        server.enqueue(
                response(200).onResponseStart(new SocketEffect.CloseSocket()).build());
        OutboundHttp guarded = OutboundHttp.guarded(OutboundProperties.allowing("127.0.0.1"));
        String url =
                server.url("/secret").newBuilder().host("127.0.0.1").build().toString();

        assertDied(guarded.exchange(get(url), PATIENT, LIMIT), Reason.CONNECTION_LOST, CallPhase.WAIT);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void cancelsTheCallAtOnceWhenItsThreadIsInterrupted() throws Exception {
        server.enqueue(
                response(200).onResponseStart(SocketEffect.Stall.INSTANCE).build());
        AtomicReference<Object> result = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                result.set(http.exchange(post(), PATIENT, LIMIT));
            } catch (InterruptedException interrupted) {
                result.set(interrupted);
            }
        });
        server.takeRequest();

        caller.interrupt();
        caller.join();

        assertThat(result.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void doesNotStartACallOnAThreadAlreadyInterrupted() throws Exception {
        AtomicReference<Object> result = new AtomicReference<>();
        Thread.ofVirtual()
                .start(() -> {
                    Thread.currentThread().interrupt();
                    try {
                        result.set(http.exchange(post(), PATIENT, LIMIT));
                    } catch (InterruptedException interrupted) {
                        result.set(interrupted);
                    }
                })
                .join();

        assertThat(result.get()).isInstanceOf(InterruptedException.class);
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void makesHundredsOfCallsToOneHostAtOnce() throws Exception {
        int calls = 300;
        CountDownLatch allThere = new CountDownLatch(calls);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                allThere.countDown();
                allThere.await();
                return new MockResponse.Builder().code(204).build();
            }
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Exchange>> exchanges = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                exchanges.add(threads.submit(() -> http.exchange(post(), PATIENT, LIMIT)));
            }
            for (Future<Exchange> exchange : exchanges) {
                assertThat(exchange.get()).isInstanceOf(Answered.class);
            }
        }
    }

    @Test
    void doesNotCallARefusedAddressIfGuarded() throws Exception {
        OutboundHttp guarded = OutboundHttp.guarded(OutboundProperties.allowing());

        HttpUrl literal = server.url("/").newBuilder().host("127.0.0.1").build();
        assertDied(
                guarded.exchange(get(literal.toString()), PATIENT, LIMIT), Reason.ADDRESS_REFUSED, CallPhase.CONNECT);
        HttpUrl named = server.url("/").newBuilder().host("localhost").build();
        assertDied(
                guarded.exchange(get(named.toString()), PATIENT, LIMIT), Reason.CONNECTION_FAILED, CallPhase.CONNECT);
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void connectsToTheAddressThatWasChecked() throws Exception {
        TestingDns rebinding =
                new TestingDns().answer("photos.example", "127.0.0.1").answer("photos.example", "10.0.0.1");
        OutboundHttp guarded = OutboundHttp.guarded(
                OutboundProperties.allowing(), new AddressGuard(AllowList.parse(List.of("127.0.0.1")), rebinding));
        server.enqueue(response(200).addHeader("Connection", "close").build());
        HttpUrl url = server.url("/").newBuilder().host("photos.example").build();

        assertThat(guarded.exchange(get(url.toString()), PATIENT, LIMIT)).isInstanceOf(Answered.class);
        assertThat(rebinding.lookups()).isEqualTo(1);
        assertDied(guarded.exchange(get(url.toString()), PATIENT, LIMIT), Reason.CONNECTION_FAILED, CallPhase.CONNECT);
    }

    private static void assertDied(Exchange exchange, Reason reason, CallPhase phase) {
        assertThat(exchange).isInstanceOfSatisfying(Died.class, died -> {
            assertThat(died.reason()).isEqualTo(reason);
            assertThat(died.phase()).isEqualTo(phase);
            assertThat(died.detail()).isNotBlank().doesNotContain("secret").doesNotContain("http://");
        });
    }

    private static MockResponse.Builder response(int status) {
        return new MockResponse.Builder().code(status);
    }

    private Request get() {
        return get(server.url("/secret").toString());
    }

    private static Request get(String url) {
        return new Request.Builder().url(url).build();
    }

    private Request post() {
        return new Request.Builder()
                .url(server.url("/secret"))
                .post(RequestBody.create("{}".getBytes(UTF_8)))
                .build();
    }

    private static Request hugePost(String url) {
        return new Request.Builder()
                .url(url)
                .post(RequestBody.create(new byte[HUGE]))
                .build();
    }
}
