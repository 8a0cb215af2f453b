package io.pawline.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pawline.ingest.TestingIngest.Answer;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Tests what a page in a browser needs: answers that it may read, and tokens for one task. */
class BrowserIT {

    @TempDir
    static Path images;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;
    private static TestingIngest browser;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(
                postgres,
                images,
                "--pawline.ingest.access.allowed-origins=https://shop.example,http://localhost:3000",
                "--pawline.callback.master-secrets=bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=");
        browser = ingest.as(Optional.empty());
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://shop.example", "http://localhost:3000"})
    void aBrowserMayAskBeforehandForAnAllowedOrigin(String origin) throws IOException {
        String answer = send("OPTIONS", "/v1/tasks", "Origin: " + origin + "\r\nAccess-Control-Request-Method: POST");
        assertThat(answer).startsWith("HTTP/1.1 204");
        assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(origin);
        assertThat(header(answer, "Access-Control-Allow-Methods")).contains("POST", "DELETE");
        assertThat(header(answer, "Access-Control-Allow-Headers")).contains("Authorization", "Idempotency-Key");
        assertThat(header(answer, "Access-Control-Allow-Credentials")).isEmpty();
        assertThat(header(answer, "Vary")).isEqualTo("Origin");
    }

    @Test
    void aPageOfAnAllowedOriginReadsAnswersAndErrors() throws IOException {
        for (String path : List.of("/v1/openapi.json", "/v1/tasks")) {
            String answer = send("GET", path, "Origin: https://shop.example");
            assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo("https://shop.example");
            assertThat(header(answer, "Access-Control-Expose-Headers")).contains("X-Request-Id", "Retry-After");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example.evil.example",
                "https://evil.example",
                "http://shop.example",
                "https://shop.example:8443",
                "HTTPS://SHOP.EXAMPLE",
                "null",
                "*",
                "https://shop.example, https://evil.example"
            })
    void aPageOfAnotherOriginReadsNothing(String origin) throws IOException {
        String asked = send("OPTIONS", "/v1/tasks", "Origin: " + origin + "\r\nAccess-Control-Request-Method: POST");
        assertThat(asked).startsWith("HTTP/1.1 401");
        String got = send("GET", "/v1/openapi.json", "Origin: " + origin);
        assertThat(got).startsWith("HTTP/1.1 200");
        for (String answer : List.of(asked, got)) {
            assertThat(header(answer, "Access-Control-Allow-Origin")).isEmpty();
            assertThat(header(answer, "Vary")).isEqualTo("Origin");
        }
    }

    @Test
    void aTokenReadsTheStatusAndTheEventsOfItsTask() {
        String id = submit();
        JsonNode token = token(id, "?ttl=5m").json();
        assertThat(Duration.between(
                        Instant.now(), Instant.parse(token.get("expires_at").asString())))
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(get(token, "status_url").json().get("state").asString()).isEqualTo("processing");
        assertThat(browser.get(path(token, "status_url") + "&wait=1s").status()).isEqualTo(200);
        ingest.bean(TaskDao.class)
                .close(
                        TaskId.parse(id),
                        1,
                        new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null));
        assertThat(new String(get(token, "events_url").body(), ISO_8859_1)).contains("event:end");
    }

    @Test
    void aTokenOpensNothingElse() {
        String id = submit();
        String token = token(id, "").json().get("token").asString();
        String other = submit();
        for (String path : List.of(
                "/v1/tasks/" + other,
                "/v1/tasks/" + other + "/events",
                "/v1/tasks/" + id + "/callback",
                "/v1/tasks",
                "/v1/quota",
                "/v1/callbacks")) {
            assertThat(browser.get(path + "?state=undelivered&token=" + token).status())
                    .as(path)
                    .isEqualTo(401);
        }
        for (String path : List.of("POST /cancel", "POST /token", "DELETE ", "POST /callback")) {
            String[] parts = path.split(" ", -1);
            assertThat(browser.call(parts[0], "/v1/tasks/" + id + parts[1] + "?token=" + token)
                            .status())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(browser.as(Optional.of(token)).get("/v1/tasks/" + id).status())
                .isEqualTo(401);
    }

    @Test
    void onlyItsTenantGetsATokenForATask() {
        String id = submit();
        TestingIngest other = ingest.as(Optional.of(ingest.newKey("other", Scope.READ)));
        assertThat(other.call("POST", "/v1/tasks/" + id + "/token").status()).isEqualTo(404);
        TestingIngest writer = ingest.as(Optional.of(ingest.newKey("default", Scope.SUBMIT)));
        assertThat(writer.call("POST", "/v1/tasks/" + id + "/token").status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "61m", "2h", "soon", "15", "-1s"})
    void aTokenLivesASecondToAnHour(String ttl) {
        assertThat(token(submit(), "?ttl=" + ttl).status()).isEqualTo(400);
    }

    @Test
    void twoTokensAreNone() {
        String id = submit();
        String token = token(id, "").json().get("token").asString();
        assertThat(browser.get("/v1/tasks/%s?token=%s&token=%s".formatted(id, token, token))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aTokenIsInNoLogAndNoProblem() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger("io.pawline");
        Level before = root.getLevel();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.TRACE);
        try {
            String id = submit();
            String token = token(id, "").json().get("token").asString();
            browser.get("/v1/tasks/%s?token=%s".formatted(id, token));
            Answer refused = browser.get("/v1/tasks/%s?token=%s".formatted(submit(), token));
            Answer invalid = browser.get("/v1/tasks/%s?wait=x&token=%s".formatted(id, token));
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .noneMatch(line -> line.contains("pwt_"));
            for (Answer problem : List.of(refused, invalid)) {
                assertThat(new String(problem.body(), ISO_8859_1))
                        .contains("urn:")
                        .doesNotContain("pwt_");
            }
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
        }
    }

    private static Answer token(String id, String query) {
        return ingest.call("POST", "/v1/tasks/" + id + "/token" + query);
    }

    private static Answer get(JsonNode token, String url) {
        return browser.get(path(token, url));
    }

    private static String path(JsonNode token, String url) {
        return token.get(url).asString().replaceFirst("^http://[^/]+", "");
    }

    private static String submit() {
        return ingest.post(
                        "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}",
                        UUID.randomUUID().toString())
                .json()
                .get("task_id")
                .asString();
    }

    private static String send(String method, String path, String headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("%s %s HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: close\r\n\r\n"
                            .formatted(method, path, headers)
                            .getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String header(String answer, String name) {
        return answer.lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }
}
