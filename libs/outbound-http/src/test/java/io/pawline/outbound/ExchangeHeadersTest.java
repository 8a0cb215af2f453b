package io.pawline.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.schemas.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A call that is judged by its answer's headers, at a server that writes any bytes. */
class ExchangeHeadersTest {

    /** Less than the slow bodies take, more than a busy machine needs for a header. */
    private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20));

    private final OutboundHttp http = OutboundHttp.create(new Binder(new MapConfigurationPropertySource())
            .bindOrCreate("pawline.outbound", OutboundProperties.class));
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    204 No Content | Content-Length: 2             | ok
                    205 Reset      | Content-Length: 5             | 'hello'
                    200 OK         | Content-Encoding: gzip~Content-Length: 0 | ''
                    200 OK         | Content-Encoding: gzip~Content-Length: 5 | 'plain'
                    200 OK         | Content-Encoding: br~Content-Length: 3   | 'abc'
                    200 OK         | Content-Length: 100           | 'shorter'
                    200 OK         | Content-Length: 2             | 'longer than it says'
                    201 Created    | Transfer-Encoding: chunked    | 'no chunk at all'
                    202 Accepted   | Transfer-Encoding: chunked    | '5~hello'
                    200 OK         | X-Nothing: here               | 'until the connection closes'
                    200 OK         | Content-Type: nonsense;;;     | '{'
                    500 Broken     | Content-Length: 7             | 'x'
                    """)
    void isJudgedByTheHeadersWhateverTheBodyIs(String status, String headers, String body) throws Exception {
        answer(("HTTP/1.1 " + status + "~" + headers + "~Retry-After: 7~~" + body).replace("~", "\r\n"), Duration.ZERO);

        Exchange exchange = post();

        assertThat(exchange).isInstanceOfSatisfying(Answered.class, answered -> {
            assertThat(answered.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
            assertThat(answered.headers().get("Retry-After")).isEqualTo("7");
            assertThat(answered.body()).isEmpty();
        });
    }

    @Test
    void waitsForNoBodyThatComesByteByByte() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n";
        answer(head + "x".repeat(6000), Duration.ofSeconds(1));

        assertThat(post()).isInstanceOf(Answered.class);
    }

    @Test
    void readsNoBodyHoweverLargeItIs() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n";
        answer(head + "x".repeat(3_000_000), Duration.ZERO);

        assertThat(post()).isInstanceOf(Answered.class);
    }

    @Test
    void asksForABodyThatIsNotCompressed() throws Exception {
        answer("HTTP/1.1 204 No Content\r\n\r\n", Duration.ZERO);

        post();

        assertThat(requests.poll(20, TimeUnit.SECONDS)).contains("Accept-Encoding: identity");
    }

    @ParameterizedTest
    @CsvSource({"''", "'HTTP/1.1 2'", "'SSH-2.0-OpenSSH_9.2'", "'HTTP/1.1 200 OK\r\nContent-Le'"})
    void isNoAnswerWhileTheHeadersAreNotWhole(String bytes) throws Exception {
        answer(bytes, Duration.ZERO);

        assertThat(post())
                .isInstanceOfSatisfying(
                        Died.class,
                        died -> assertThat(died.reason()).isIn(Reason.CONNECTION_LOST, Reason.MALFORMED_ANSWER));
    }

    private Exchange post() throws InterruptedException {
        return http.exchangeHeaders(
                new Request.Builder()
                        .url("http://127.0.0.1:" + server.getLocalPort() + "/hook")
                        .post(RequestBody.create("{}", MediaType.get("application/json")))
                        .build(),
                TIMEOUTS);
    }

    /** Answers one request with these bytes, after the head with a pause before each, and closes. */
    private void answer(String bytes, Duration pause) {
        Thread.ofVirtual().start(() -> {
            try (Socket connection = server.accept()) {
                requests.add(request(connection.getInputStream()));
                OutputStream out = connection.getOutputStream();
                int head = pause.isZero() ? bytes.length() : bytes.indexOf("\r\n\r\n") + 4;
                out.write(bytes.substring(0, head).getBytes(ISO_8859_1));
                for (int at = head; at < bytes.length(); at++) {
                    TimeUnit.MILLISECONDS.sleep(pause.toMillis());
                    out.write(bytes.charAt(at));
                }
            } catch (IOException | InterruptedException over) {
                // the client does not listen any more
            }
        });
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder read = new StringBuilder();
        while (!read.toString().endsWith("{}")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            read.append((char) next);
        }
        return read.toString();
    }
}
