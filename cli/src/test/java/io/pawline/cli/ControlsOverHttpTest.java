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
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** Tests what the commands of live controls ask ops-service, which is their way unless an option names Kafka. */
class ControlsOverHttpTest {

    private static final String TASK = "019dbbc4-7c1e-7b6a-9d3c-2f1f6f0a8e11";
    private static final String GIVEN = "{\"subject\":\"stage:generate\"}";
    private static final String NOTHING = "{\"controls\":[],\"cancelled_tasks\":0,\"last\":[]}";

    private static final String IN_FORCE = """
            {"controls":[
              {"subject":"limit:generate","action":"limit","limit":16,"by":"ann","why":"gently","at":"2026-11-23T10:15:30.123Z"},
              {"subject":"provider:seedream","action":"cool_down","until":"2026-11-23T10:20:30Z","by":"x","why":"a\\u001b[2Jb","at":"2026-11-23T10:15:30Z"},
              {"subject":"task:1","action":"cancel","until":"2026-11-23T10:20:30Z","by":"bob","why":"sorry","at":"2026-11-23T10:15:30Z"},
              {"subject":"weight:big-shop","action":"weight","weight":2.5,"by":"ann","why":"more","at":"2026-11-23T10:15:30Z"}],
             "cancelled_tasks":3,"last":[]}""";

    private final MockWebServer ops = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        ops.start();
    }

    @AfterEach
    void stop() {
        ops.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pause generate              | stages/generate/pause            | {'by':'ann','why':'x y'}
            resume generate             | stages/generate/resume           | {'by':'ann','why':'x y'}
            limit generate 16           | stages/generate/limit            | {'limit':16,'by':'ann','why':'x y'}
            limit generate default      | stages/generate/clear-limit      | {'by':'ann','why':'x y'}
            weight big-shop 2.50        | tenants/big-shop/weight          | {'weight':2.5,'by':'ann','why':'x y'}
            weight big-shop default     | tenants/big-shop/clear-weight    | {'by':'ann','why':'x y'}
            cool-down seedream --for=5m | providers/seedream/cool-down     | {'seconds':300,'by':'ann','why':'x y'}
            lift seedream               | providers/seedream/end-cool-down | {'by':'ann','why':'x y'}
            switch-off seedream         | providers/seedream/switch-off    | {'by':'ann','why':'x y'}
            switch-on seedream          | providers/seedream/switch-on     | {'by':'ann','why':'x y'}
            cancel TASK                 | tasks/TASK/cancel                | {'by':'ann','why':'x y'}
            """)
    void givesAControlThroughOpsService(String command, String path, String body) throws InterruptedException {
        ops.enqueue(new MockResponse.Builder().body(GIVEN).build());
        List<String> line =
                new ArrayList<>(List.of(command.replace("TASK", TASK).split(" ")));
        line.addAll(List.of("--by=ann", "--why=x y"));

        CommandRun given = control(Map.of("PAWLINE_KEY", "pwk_1"), line.toArray(String[]::new));

        assertThat(given.exit()).as(given.err()).isZero();
        RecordedRequest asked = ops.takeRequest();
        assertThat(asked.getTarget()).isEqualTo("/v1/controls/" + path.replace("TASK", TASK));
        assertThat(asked.getHeaders().get("Authorization")).isEqualTo("Bearer pwk_1");
        assertThat(JsonMapper.shared()
                        .readTree(Objects.requireNonNull(asked.getBody()).utf8()))
                .isEqualTo(JsonMapper.shared().readTree(body.replace('\'', '"')));
    }

    @Test
    void whoGivesItIsTheKeyOrElseTheUserOfThisMachine() throws InterruptedException {
        ops.enqueue(new MockResponse.Builder().body(GIVEN).build());
        ops.enqueue(new MockResponse.Builder().body(GIVEN).build());

        assertThat(control(Map.of("PAWLINE_KEY", "pwk_1"), "pause", "detect", "--why=practice")
                        .exit())
                .isZero();
        assertThat(control(Map.of(), "pause", "detect", "--why=practice").exit())
                .isZero();

        assertThat(Objects.requireNonNull(ops.takeRequest().getBody()).utf8()).isEqualTo("{\"why\":\"practice\"}");
        assertThat(Objects.requireNonNull(ops.takeRequest().getBody()).utf8())
                .contains("\"by\":\"" + System.getProperty("user.name") + "\"");
    }

    @Test
    void showsWhatIsInForceAndNothingThatATerminalObeys() {
        ops.enqueue(new MockResponse.Builder().body(IN_FORCE).build());
        ops.enqueue(new MockResponse.Builder().body(NOTHING).build());

        List<String> table = control(Map.of(), "show").lines();
        assertThat(table).hasSize(6);
        assertThat(table.get(1)).matches("limit:generate +limit 16 +- +ann +gently +2026-11-23T10:15:30Z");
        assertThat(table.get(2)).matches("provider:seedream +cool-down +2026-11-23T10:20:30Z +x +a \\[2Jb +\\S+Z");
        assertThat(table.get(4)).matches("weight:big-shop +weight 2.5 +- +ann +more +\\S+Z");
        assertThat(table.getLast()).isEqualTo("and 2 more cancelled tasks");
        assertThat(control(Map.of(), "show").lines())
                .containsExactly("nothing is in force: nobody has paused, limited or switched off anything");
    }

    @Test
    void withoutOpsServiceItSaysWhichOptionsGoToKafka() {
        CommandRun away =
                CommandRun.of(List.of("control", "pause", "detect", "--why=practice", "--ops-url=http://127.0.0.1:1"));

        assertThat(away.exit()).isEqualTo(1);
        assertThat(away.err().lines())
                .singleElement()
                .asString()
                .startsWith("pawline: ops-service at http://127.0.0.1:1 cannot be reached")
                .contains("name Kafka by --bootstrap-servers or --kafka-config");
    }

    @Test
    void bothWaysAtOnceAreRefusedAndSoIsATimeThatOpsServiceKnows() {
        CommandRun both = control(Map.of(), "pause", "detect", "--why=x", "--bootstrap-servers=127.0.0.1:1");
        assertThat(both.exit()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(both.err()).contains("are both given: leave out one");

        CommandRun time = control(Map.of(), "cancel", TASK, "--why=x", "--for=1h");
        assertThat(time.exit()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(time.err()).contains("ops-service knows the deadline of the task");
        assertThat(ops.getRequestCount()).isZero();
    }

    @Test
    void theEnvironmentAloneDoesNotLeadPastOpsService() throws InterruptedException {
        ops.enqueue(new MockResponse.Builder().body(GIVEN).build());

        CommandRun given = control(
                Map.of("PAWLINE_BOOTSTRAP_SERVERS", "127.0.0.1:1", "PAWLINE_KAFKA_CONFIG", "/nowhere"),
                "pause",
                "detect",
                "--why=practice");

        assertThat(given.exit()).as(given.err()).isZero();
        assertThat(ops.takeRequest().getTarget()).isEqualTo("/v1/controls/stages/detect/pause");
    }

    private CommandRun control(Map<String, String> environment, String... arguments) {
        List<String> line = new ArrayList<>(List.of("control"));
        line.addAll(List.of(arguments));
        line.add("--ops-url=" + ops.url("/"));
        return CommandRun.of(environment, line);
    }
}
