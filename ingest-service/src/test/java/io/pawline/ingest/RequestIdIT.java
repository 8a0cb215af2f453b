package io.pawline.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests that every answer names its request. {@link io.pawline.testkit.Contract} checks it for every other test too. */
class RequestIdIT {

    private static final Pattern ID = Pattern.compile("(?im)^x-request-id: ?(.*)$");
    private static final String MADE = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(
                postgres, images, "--pawline.callback.master-secrets=bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=");
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "order-1042/try:1", "Root=1-67891233-abcdef012345678912345678", "A.b_c~d+e@f="})
    void keepsAWellFormedIdInTheAnswerAndItsProblem(String id) throws IOException {
        String answer = send("GET /v1/tasks HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id);
        assertThat(idOf(answer)).isEqualTo(id);
        assertThat(answer).startsWith("HTTP/1.1 401").contains("\"request_id\":\"" + id + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Request-Id:",
                "X-Request-Id: two words",
                "X-Request-Id: <script>alert(1)</script>",
                "X-Request-Id: \"}{\"",
                "X-Request-Id: caf\u00e9",
                "X-Request-Id: a\r\nX-Request-Id: b",
                "X-Request-Id: a, b",
                "X-Request-Id: ${jndi:ldap://x}",
                "X-Other: 1"
            })
    void makesAnIdWhereNoneIsWellFormed(String header) throws IOException {
        String answer = send("GET /v1/tasks HTTP/1.1\r\nHost: x\r\n" + header);
        assertThat(idOf(answer)).matches(MADE);
        assertThat(answer).contains("\"request_id\":\"" + idOf(answer) + "\"");
    }

    @Test
    void takesAHundredAndTwentyEightCharactersAndNotOneMore() throws IOException {
        String longest = "x".repeat(128);
        assertThat(idOf(send("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + longest)))
                .isEqualTo(longest);
        assertThat(idOf(send("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: x" + longest)))
                .matches(MADE);
    }

    /** No filter and no controller sees these. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/tasks/%zz HTTP/1.1\r\nHost: x",
                "GET /v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: many",
                "GET /v1/tasks HTTP/1.1\r\nHost: x\r\nBad\u0001Header: 1",
                "GET /v1/tasks HTTP/1.1",
                "nonsense"
            })
    void anAnswerOfTheServerItselfHasOneToo(String request) throws IOException {
        String answer = send(request);
        assertThat(answer).startsWith("HTTP/1.1 400");
        assertThat(answer).contains("\"request_id\":\"" + idOf(answer) + "\"");
    }

    @Test
    void headersThatAreTooLargeAreAnsweredWithOneToo() throws IOException {
        String answer = send("GET /v1/tasks HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(20_000));
        assertThat(answer).startsWith("HTTP/1.1 431").contains("\"request_id\":\"" + idOf(answer) + "\"");
    }

    @Test
    void successesHaveOneEachOfItsOwn() {
        Answer one = ingest.as(Optional.empty()).get("/v1/openapi.json");
        Answer other = ingest.as(Optional.empty()).get("/v1/openapi.json");
        assertThat(one.status()).isEqualTo(200);
        assertThat(one.header("x-request-id")).matches(MADE).isNotEqualTo(other.header("x-request-id"));
    }

    @Test
    void theLogShowsIt() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("io.pawline.ingest.webhook.WebhookSecretController");
        log.start();
        logger.addAppender(log);
        try {
            Answer answer = ingest.as(Optional.of(ingest.newKey("shop", Scope.WEBHOOK)))
                    .call("PUT", "/v1/webhook-secret/shared");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(log.list)
                    .extracting(event -> event.getMDCPropertyMap().get("request_id"))
                    .containsExactly(answer.header("x-request-id"));
        } finally {
            logger.detachAppender(log);
        }
    }

    /** Sends a head and returns the whole answer. */
    private static String send(String head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((head + "\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String idOf(String answer) {
        List<String> ids =
                ID.matcher(answer).results().map(found -> found.group(1)).toList();
        assertThat(ids).as(answer).hasSize(1);
        return ids.getFirst();
    }
}
