package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what the commands ask ops-service and how they show its answers. The stories test them as a whole. */
class OpsCommandsTest {

    private static final String REFUSED = """
            {"type":"urn:pawline:problem:unauthorized","status":401,"detail":"send your API key in one header"}""";

    private final MockWebServer ops = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        ops.start();
    }

    @AfterEach
    void stop() {
        ops.close();
    }

    @Test
    void aReportIsOfThePeriodAndInTheFormThatWereAskedFor() throws InterruptedException {
        ops.enqueue(new MockResponse.Builder().body("# Report").build());

        CommandRun report = pawline(
                "report",
                "--key=pwk_1",
                "--from=2025-08-16T13:29:00+08:00",
                "--to=2025-08-16T16:22:00+08:00",
                "--format=html",
                "--lang=zh",
                "--zone=Asia/Shanghai");

        assertThat(report).isEqualTo(new CommandRun(0, "# Report", ""));
        RecordedRequest asked = ops.takeRequest();
        HttpUrl url = Objects.requireNonNull(asked.getUrl());
        assertThat(url.encodedPath()).isEqualTo("/v1/report");
        assertThat(url.queryParameter("from")).isEqualTo("2025-08-16T13:29:00+08:00");
        assertThat(url.queryParameter("to")).isEqualTo("2025-08-16T16:22:00+08:00");
        assertThat(url.queryParameter("format")).isEqualTo("html");
        assertThat(url.queryParameter("lang")).isEqualTo("zh");
        assertThat(url.queryParameter("zone")).isEqualTo("Asia/Shanghai");
        assertThat(asked.getHeaders().get("Authorization")).isEqualTo("Bearer pwk_1");
    }

    @Test
    void anExactReportShowsHowFarItIs() throws InterruptedException {
        ops.enqueue(new MockResponse.Builder().body("""
                event: progress
                data: {"share":0.421}

                event: report
                data: {"type":"text/markdown","base64":"IyDmiqXlkYo="}

                """).build());

        CommandRun report = pawline("report", "--exact", "--format=md");

        assertThat(report.exit()).isZero();
        assertThat(report.out()).isEqualTo("# 报告");
        assertThat(report.err()).contains("42 % read");
        HttpUrl url = Objects.requireNonNull(ops.takeRequest().getUrl());
        assertThat(url.encodedPath()).isEqualTo("/v1/report/stream");
        assertThat(url.queryParameter("exact")).isEqualTo("true");
    }

    @Test
    void anExactReportThatIsBrokenOffIsNone() {
        ops.enqueue(new MockResponse.Builder().body("""
                event: progress
                data: {"share":0.421}

                event: problem
                data: {"title":"Unavailable","detail":"The database does not answer."}

                """).build());
        ops.enqueue(new MockResponse.Builder()
                .body("event: progress\ndata: {\"share\":0.4}\n\n")
                .build());

        CommandRun failed = pawline("report", "--exact");
        CommandRun brokenOff = pawline("report", "--exact");

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("no report: The database does not answer.");
        assertThat(brokenOff.exit()).isEqualTo(1);
        assertThat(brokenOff.err()).contains("broke off");
    }

    @Test
    void alertsThatFireSayWhatToDo() throws InterruptedException {
        String quiet = "{\"name\":\"undelivered\",\"firing\":false}";
        ops.enqueue(new MockResponse.Builder().body("""
                {"alerts":[%s,{"name":"breaker_open","firing":true,"since":"2026-11-30T02:00:00Z",
                "severity":"critical","title":"A breaker is open","means":"No call is made.",
                "detail":"generate:\\u001b[2J 3 processes","page":"breaker-open"}]}""".formatted(quiet)).build());
        ops.enqueue(
                new MockResponse.Builder().body("{\"alerts\":[" + quiet + "]}").build());

        CommandRun firing = pawline("alerts", "--lang=zh");
        CommandRun none = pawline("alerts");

        assertThat(firing.out().lines())
                .containsExactly(
                        "breaker_open, critical since 2026-11-30T02:00:00Z: A breaker is open",
                        "  No call is made.",
                        "  generate: [2J 3 processes",
                        "  docs/zh/operator/runbooks/breaker-open.md");
        assertThat(ops.takeRequest().getTarget()).isEqualTo("/v1/alerts?lang=zh");
        assertThat(none.out().lines()).containsExactly("no alert fires, of 1");
        ops.close();
        CommandRun gone = pawline("alerts");
        assertThat(gone.exit()).isEqualTo(1);
        assertThat(gone.err()).startsWith("pawline: ops-service cannot be reached");
    }

    @Test
    void replaysSayWhatBecameOfTheirTasks() throws InterruptedException {
        ops.enqueue(new MockResponse.Builder().body("""
                {"replays":[{"id":"0197a0c0-0000-7000-8000-000000000001","state":"done","by":"ann",
                "created_at":"2026-11-30T02:00:00Z","letters":{"succeeded":298,"failed":2},"skipped":{}}]}""").build());
        ops.enqueue(new MockResponse.Builder().body("{\"state\":\"done\"}").build());

        CommandRun all = pawline("dlt", "replays");
        CommandRun one = pawline("dlt", "replays", "0197a0c0-0000-7000-8000-000000000001");
        CommandRun none = pawline("dlt", "replays", "the last one");

        assertThat(all.out().lines())
                .containsExactly(
                        "id\tstate\tcreated_at\tby\tname\twaiting\tunder_way\tsucceeded\tfailed\texpired"
                                + "\tcancelled\tskipped\tin_doubt\tpaused_because",
                        "0197a0c0-0000-7000-8000-000000000001\tdone\t2026-11-30T02:00:00Z\tann"
                                + "\t-\t-\t-\t298\t2\t-\t-\t-\t-\t-");
        assertThat(ops.takeRequest().getTarget()).isEqualTo("/v1/replays");
        assertThat(one.out()).contains("\"state\" : \"done\"");
        assertThat(ops.takeRequest().getTarget()).isEqualTo("/v1/replays/0197a0c0-0000-7000-8000-000000000001");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("the last one");
    }

    @Test
    void aPatchIsShownByItsPreviewAndKeptWithWhoAndWhy() throws InterruptedException {
        ops.enqueue(new MockResponse.Builder().body("{\"changed\":2}").build());
        ops.enqueue(
                new MockResponse.Builder().body("{\"edited\":2,\"ids\":[1,2]}").build());

        CommandRun preview =
                pawline("dlt", "patch", "-f", "stage=generate", "--preview", "{\"description\":\"a dog\"}");
        CommandRun done = pawline(
                "dlt",
                "patch",
                "-f",
                "stage=generate",
                "--by=ann",
                "--why=It was wrong.",
                "{\"description\":\"a dog\"}");
        CommandRun wrong = pawline("dlt", "patch", "-f", "stage=generate", "description=dog");

        assertThat(preview.out()).contains("\"changed\" : 2");
        assertThat(done.out()).contains("\"edited\" : 2");
        RecordedRequest first = ops.takeRequest();
        assertThat(Objects.requireNonNull(first.getUrl()).encodedPath()).isEqualTo("/v1/dead-letters/patch/preview");
        assertThat(Objects.requireNonNull(first.getBody()).utf8())
                .isEqualTo("{\"filter\":{\"stage\":\"generate\"},\"patch\":{\"description\":\"a dog\"}}");
        RecordedRequest second = ops.takeRequest();
        assertThat(Objects.requireNonNull(second.getUrl()).encodedPath()).isEqualTo("/v1/dead-letters/patch");
        assertThat(Objects.requireNonNull(second.getBody()).utf8())
                .contains("\"by\":\"ann\"", "\"why\":\"It was wrong.\"");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("PATCH is no JSON");
    }

    @Test
    void aReportOfTheLastHoursNamesNoPeriodAndGoesIntoAFile(@TempDir Path folder) throws Exception {
        ops.enqueue(new MockResponse.Builder().body("{}").build());
        Path file = folder.resolve("report.json");

        assertThat(pawline("report", "--format=json", "--out=" + file)).isEqualTo(new CommandRun(0, "", ""));

        assertThat(Files.readString(file)).isEqualTo("{}");
        HttpUrl url = Objects.requireNonNull(ops.takeRequest().getUrl());
        assertThat(url.queryParameterNames()).containsExactlyInAnyOrder("format", "lang", "zone");
    }

    @Test
    void withoutAKeyWhatOpsServiceSaysIsToldInOneLine() {
        ops.enqueue(new MockResponse.Builder().code(401).body(REFUSED).build());
        ops.enqueue(new MockResponse.Builder().code(401).body(REFUSED).build());

        for (List<String> command : List.of(List.of("report"), List.of("dlt", "groups"))) {
            CommandRun refused = pawline(command.toArray(String[]::new));
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err().lines().toList())
                    .first()
                    .isEqualTo("pawline: ops-service answers 401: send your API key in one header");
        }
    }

    @Test
    void anAddressThatIsNoneIsRefusedBeforeAnybodyIsAsked() {
        for (List<String> command : List.of(List.of("report"), List.of("dlt", "list"))) {
            List<String> line = new ArrayList<>(command);
            line.add("--url=ops:8090");
            CommandRun refused = CommandRun.of(line);
            assertThat(refused.exit()).isEqualTo(2);
            assertThat(refused.err()).startsWith("--url is no http(s) address: ops:8090");
        }
    }

    private CommandRun pawline(String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.add("--url=" + ops.url("/"));
        return CommandRun.of(line);
    }
}
