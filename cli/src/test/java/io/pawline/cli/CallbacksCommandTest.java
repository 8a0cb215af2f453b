package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Tests what the commands ask ingest-service and how they show its answers. */
class CallbacksCommandTest {

    private static final String SECRET = """
            {"tenant":"shop","current":{"version":1,"secret":"whsec_QUJD"},"shared_signs":true}""";

    private final MockWebServer ingest = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        ingest.start();
    }

    @AfterEach
    void stop() {
        ingest.close();
    }

    @ParameterizedTest
    @CsvSource({
        "secret,               GET,    /v1/webhook-secret",
        "rotate,               POST,   /v1/webhook-secret/rotate?overlap=86400s",
        "rotate --overlap=7d,  POST,   /v1/webhook-secret/rotate?overlap=604800s",
        "end-previous,         DELETE, /v1/webhook-secret/previous",
        "shared-off,           DELETE, /v1/webhook-secret/shared",
        "shared-on,            PUT,    /v1/webhook-secret/shared",
    })
    void asksIngestServiceAndShowsItsAnswer(String command, String method, String target) throws InterruptedException {
        ingest.enqueue(new MockResponse.Builder().body(SECRET).build());

        CommandRun shown = callbacks(Map.of("PAWLINE_KEY", "pwk_1"), command.split(" ", -1));

        assertThat(shown.exit()).as(shown.err()).isZero();
        assertThat(JsonMapper.shared().readTree(shown.out()))
                .isEqualTo(JsonMapper.shared().readTree(SECRET));
        RecordedRequest asked = ingest.takeRequest();
        assertThat(asked.getMethod()).isEqualTo(method);
        assertThat(asked.getTarget()).isEqualTo(target);
        assertThat(Objects.requireNonNull(asked.getHeaders()).get("Authorization"))
                .isEqualTo("Bearer pwk_1");
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1"})
    void aTestFailsIfTheReceiverDidNotTakeIt(boolean delivered, int exit) throws InterruptedException {
        ingest.enqueue(new MockResponse.Builder()
                .body("{\"delivered\":" + delivered + "}")
                .build());

        CommandRun tested = callbacks(Map.of(), "test", "--callback-url=https://shop.example/hook");

        assertThat(tested.exit()).isEqualTo(exit);
        assertThat(JsonMapper.shared().readTree(tested.out()).get("delivered").asBoolean())
                .isEqualTo(delivered);
        RecordedRequest asked = ingest.takeRequest();
        assertThat(asked.getTarget()).isEqualTo("/v1/callbacks/test");
        assertThat(Objects.requireNonNull(asked.getBody()).utf8())
                .isEqualTo("{\"callback_url\":\"https://shop.example/hook\"}");
    }

    @Test
    void aTestWithoutAnAddressLeavesItToIngestService() throws InterruptedException {
        ingest.enqueue(new MockResponse.Builder().body("{\"delivered\":true}").build());

        assertThat(callbacks(Map.of(), "test").exit()).isZero();

        assertThat(Objects.requireNonNull(ingest.takeRequest().getBody()).utf8())
                .isEqualTo("{}");
    }

    @Test
    void saysInOneLineWhatIngestServiceRefuses() {
        ingest.enqueue(new MockResponse.Builder()
                .code(409)
                .body("{\"status\":409,\"detail\":\"the secret before the current one still signs\"}")
                .build());

        CommandRun refused = callbacks(Map.of(), "rotate");

        assertThat(refused)
                .isEqualTo(new CommandRun(
                        1, "", "pawline: ingest-service answers 409: the secret before the current one still signs\n"));
    }

    @Test
    void takesNoAddressThatIsNoneAndNoTimeThatIsNone() {
        CommandRun nowhere = CommandRun.of(List.of("callbacks", "secret", "--url=ingest:8080"));
        assertThat(nowhere.exit()).isEqualTo(2);
        assertThat(nowhere.err()).startsWith("--url is no http(s) address: ingest:8080");

        CommandRun timeless = callbacks(Map.of(), "rotate", "--overlap=soon");
        assertThat(timeless.exit()).isEqualTo(2);
        assertThat(timeless.err()).contains("'soon' is no time");
        assertThat(ingest.getRequestCount()).isZero();
    }

    @Test
    void findsIngestServiceByTheEnvironment() throws InterruptedException {
        ingest.enqueue(new MockResponse.Builder().body(SECRET).build());
        String url = ingest.url("/").toString();

        CommandRun shown = CommandRun.of(Map.of("PAWLINE_INGEST_URL", url), List.of("callbacks", "secret"));

        assertThat(shown.exit()).as(shown.err()).isZero();
        assertThat(ingest.takeRequest().getTarget()).isEqualTo("/v1/webhook-secret");
    }

    private CommandRun callbacks(Map<String, String> environment, String... arguments) {
        List<String> line = new ArrayList<>(List.of("callbacks"));
        line.addAll(List.of(arguments));
        line.add("--url=" + ingest.url("/"));
        return CommandRun.of(environment, line);
    }
}
