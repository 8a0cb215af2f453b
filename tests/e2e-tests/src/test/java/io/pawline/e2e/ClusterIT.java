package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.e2e.TraceCollector.Collected;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests the services as a cluster runs them: traced, monitored, restarted one after the other and scaled, all under
 * load. All tests share one set-up, because it takes most of the time; their order avoids waits.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {

    private static final String RELEASE = "pets/spring";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String FRONT_END_SPAN = "00f067aa0ba902b7";

    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir
    private static Path folder;

    private TraceCollector collector;
    private Fleet fleet;
    private TestingFrontEnd frontEnd;
    private FailoverClient client;

    @BeforeAll
    void start() throws Exception {
        collector = new TraceCollector();
        fleet = new Fleet(
                folder,
                List.of(
                        "--management.metrics.tags.release=" + RELEASE,
                        "--logging.structured.format.console=ecs",
                        "--pawline.tracing.endpoint=" + collector.endpoint(),
                        // Pictures are not tested here, and each takes a second of the processor
                        "--pawline.generate.model=doubao-seedream-3-0-t2i-250415",
                        "--pawline.generate.size=512x512",
                        // Only tasks with a sampled trace of the client are traced
                        "--pawline.tracing.sample-ratio=0",
                        "--pawline.generate.stage.first-delay=200ms"));
        fleet.start("ingest-a", "ingest");
        fleet.start("detect", "detect");
        // Few calls at once, so that a small load is too much for one process
        fleet.start(
                "generate",
                "generate",
                "--pawline.generate.stage.max-in-flight=4",
                "--pawline.generate.stage.adaptive-limit=false");
        fleet.start("matting", "matting");
        fleet.start("finalize", "finalize");
        fleet.start("callback", "callback");
        fleet.start("ops", "ops");
        fleet.awaitReady("ingest-a", "detect", "generate", "matting", "finalize", "callback", "ops");
        fleet.start("ingest-b", "ingest");
        fleet.awaitReady("ingest-b");
        frontEnd = new TestingFrontEnd(0, fleet.local().webhookSecret());
        client = new FailoverClient(
                List.of(fleet.address("ingest-a"), fleet.address("ingest-b")), frontEnd.callbackUrl());
    }

    @AfterAll
    void stop() {
        frontEnd.close();
        fleet.close();
        collector.close();
    }

    @Test
    @Order(1)
    void oneTraceFollowsATaskFromTheRequestToTheCallback() throws IOException {
        String untraced = submit("oil", "");
        String traced = submit("flaky-500 oil " + TRACE, "00-" + TRACE + "-" + FRONT_END_SPAN + "-01");

        await().atMost(LONG).until(() -> calledBack(List.of(traced, untraced)));
        // Each process exports by itself, about once a second
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(collector.spansOf(TRACE))
                        .extracting(span -> span.service().replace("-service", "") + " " + span.name())
                        .containsExactlyInAnyOrder(
                                "ingest POST /v1/tasks",
                                "detect detect preparation",
                                "detect detect",
                                "detect fetch image",
                                "detect call ark-vision",
                                "generate generate",
                                "generate call seedream",
                                "generate generate",
                                "generate call seedream",
                                "generate generate",
                                "generate call seedream",
                                "matting matting",
                                "matting call volcengine-visual",
                                "finalize finalize",
                                "callback callback",
                                "callback call front-end"));

        List<Collected> spans = collector.spansOf(TRACE);
        Map<String, Collected> byId = spans.stream()
                .collect(Collectors.toMap(Collected::id, span -> span, (one, _) -> one, LinkedHashMap::new));
        assertThat(byId).as("each span once").hasSize(spans.size());
        Collected submitted = named("POST /v1/tasks").getFirst();
        assertThat(submitted.parent()).isEqualTo(FRONT_END_SPAN);
        assertThat(spans)
                .filteredOn(span -> !span.equals(submitted))
                .allSatisfy(span -> assertThat(byId).as(span.name()).containsKey(span.parent()));
        assertThat(pathOf(named("call front-end").getFirst(), byId))
                .containsExactly(
                        "POST /v1/tasks", "detect", "generate", "matting", "finalize", "callback", "call front-end");
        List<Collected> tries = named("generate");
        assertThat(tries.stream().flatMap(one -> one.links().stream()))
                .as("each try is linked to the one before")
                .containsExactlyInAnyOrder(tries.get(0).id(), tries.get(1).id());
        assertThat(frontEnd.callbacks(traced).getFirst().traceParent())
                .isEqualTo(
                        "00-" + TRACE + "-" + named("call front-end").getFirst().id() + "-01");
        assertThat(collector.spans())
                .as("the other is not traced")
                .allMatch(span -> span.trace().equals(TRACE));
        assertTellsNoSecret(spans);
        assertThat(linesAbout(traced, "generate")).isNotEmpty().allSatisfy(line -> {
            assertThat(line.path("stage").asString("")).isEqualTo("generate");
            assertThat(line.at("/trace/id").asString(line.path("trace.id").asString("")))
                    .isEqualTo(TRACE);
        });
    }

    /** Reads the lines of a process's log, which are JSON (ECS). */
    private List<JsonNode> linesAbout(String task, String process) {
        return fleet.said(process)
                .lines()
                .filter(line -> line.startsWith("{") && line.endsWith("}"))
                .map(line -> new JsonMapper().readTree(line))
                .filter(line -> line.path("task_id").asString("").equals(task))
                .toList();
    }

    /** No span names an address or anything of the payload. */
    private void assertTellsNoSecret(List<Collected> spans) {
        List<String> values = spans.stream()
                .flatMap(span -> span.span().getAttributesList().stream())
                .map(attribute -> attribute.getValue().toString())
                .toList();
        assertThat(values)
                .isNotEmpty()
                .allSatisfy(value -> assertThat(value)
                        .doesNotContain(
                                "://", "?", "whsec_", "simulator-ark-key", "AKLTSIMULATOR", "oil", "Signature"));
    }

    /** Runs what {@code helm test} runs in a cluster. */
    @Test
    @Order(2)
    void theSmokeTestPassesAndNamesTheErrorOfABadInstallation() throws Exception {
        assertThat(smoke("good", "--ingest=" + fleet.address("ingest-a"), "--simulator=" + fleet.simulator()))
                .endsWith("exit 0")
                .contains("called back: success");
        assertThat(smoke("bad", "--ingest=http://127.0.0.1:9", "--simulator=" + fleet.simulator()))
                .endsWith("exit 1")
                .contains("127.0.0.1:9");
    }

    private String smoke(String name, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(ProjectFiles.launcher().toString(), "smoke"));
        command.addAll(List.of(options));
        try (ServiceProcess smoke = ServiceProcess.start(folder.resolve("smoke-" + name + ".txt"), command)) {
            int exit = smoke.exitCode();
            return smoke.output() + "exit " + exit;
        }
    }

    @Test
    @Order(3)
    @NeedsTools(NeedsTools.Tool.PROMETHEUS)
    void everyPanelAndAlertFindsItsMetricsAtARealPrometheus() throws IOException {
        List<String> ids = new ArrayList<>();
        for (String style : List.of("oil", "flaky-500 chalk", "moderated-image")) {
            ids.add(submit(style, ""));
        }
        await().atMost(LONG).until(() -> calledBack(ids));

        try (Monitor monitor = Monitor.of(fleet.targets(), folder.resolve("prometheus"))) {
            Map<String, String> panels = MonitoringQueries.panels(RELEASE);
            Map<String, String> alerts = MonitoringQueries.alerts(RELEASE);
            Set<String> missing = new TreeSet<>(MonitoringQueries.metrics(panels.values()));
            missing.addAll(MonitoringQueries.metrics(alerts.values()));
            assertThat(missing).hasSizeGreaterThan(15);
            missing.removeIf(metric -> monitor.series(metric + "{release=\"" + RELEASE + "\"}") > 0);
            assertThat(missing).as("metrics that no service has").isEmpty();
            assertThat(panels)
                    .allSatisfy((where, query) -> assertThat(monitor.series(query))
                            .as(where + ": " + query)
                            .isGreaterThan(asksForWhatDidNotHappen(query) ? -1 : 0));
            assertThat(alerts)
                    .allSatisfy((where, query) -> assertThat(monitor.series(query))
                            .as(where + " is understood, and does not fire: " + query)
                            .isZero());
        }
    }

    private static boolean asksForWhatDidNotHappen(String query) {
        return query.contains("reason=\"unclassified\"")
                || (query.contains("dead_letters") && query.contains("stage=\"callback\""));
    }

    @Test
    @Order(4)
    void aRollingRestartUnderLoadLosesNothingAndRefusesNothing() throws Exception {
        int paidTwiceBefore = fleet.paidTwice();
        List<String> accepted;
        List<IOException> failed;
        try (SteadyLoad load = new SteadyLoad(2, number -> submit("restart " + number, ""))) {
            await().until(() -> !load.accepted().isEmpty());
            fleet.restart("ingest-a", "detect", "matting");
            fleet.restart("ingest-b", "generate", "callback");
            fleet.restart("finalize", "ops");
            int before = load.accepted().size();
            await().atMost(LONG).until(() -> load.accepted().size() > before);
            load.end();
            accepted = load.accepted();
            failed = load.failed();
        }

        assertThat(failed).as("submissions that nobody took").isEmpty();
        assertThat(accepted).hasSizeGreaterThan(10).doesNotHaveDuplicates();
        await().atMost(LONG).until(() -> calledBack(accepted));
        assertEachSucceededOnce(accepted, paidTwiceBefore);
    }

    @Test
    @Order(5)
    void aScaledStageUsesAllItsProcessesUnderLoad() throws Exception {
        String[] own = {"--pawline.generate.stage.max-in-flight=4", "--pawline.generate.stage.adaptive-limit=false"};
        int paidTwiceBefore = fleet.paidTwice();
        List<String> accepted;
        try (SteadyLoad load = new SteadyLoad(6, number -> submit("scale " + number, ""))) {
            int alone = fleet.done("generate");
            await().atMost(LONG).until(() -> fleet.done("generate") >= alone + 10);
            fleet.start("generate-b", "generate", own);
            fleet.start("generate-c", "generate", own);
            fleet.awaitReady("generate-b", "generate-c");
            await().atMost(LONG).until(() -> fleet.done("generate-b") >= 1 && fleet.done("generate-c") >= 1);
            int first = fleet.done("generate");
            int second = fleet.done("generate-b");
            int third = fleet.done("generate-c");

            await().atMost(LONG)
                    .until(() -> fleet.done("generate-b") - second >= 15 && fleet.done("generate-c") - third >= 15);

            assertThat(fleet.done("generate") - first)
                    .as("work of the first, beside that of the other two")
                    .isLessThan(fleet.done("generate-b") - second + fleet.done("generate-c") - third);
            load.end();
            accepted = load.accepted();
            assertThat(load.failed()).isEmpty();
        }
        assertThat(calledBack(accepted))
                .as("all is done before the processes go")
                .isFalse();
        fleet.stop("generate-b", "generate-c");
        int left = fleet.done("generate");
        await().atMost(LONG).until(() -> calledBack(accepted));

        assertThat(fleet.done("generate")).as("the last one did the rest").isGreaterThan(left);
        assertEachSucceededOnce(accepted, paidTwiceBefore);
    }

    /** @param paidTwiceBefore what the simulator had counted before; it takes two tasks of one style for one matting */
    private void assertEachSucceededOnce(List<String> ids, int paidTwiceBefore) {
        assertThat(ids)
                .allSatisfy(id -> assertThat(frontEnd.callbacks(id))
                        .singleElement()
                        .satisfies(callback -> assertThat(callback.status()).isEqualTo("success")));
        LedgerReader ledger = LedgerReader.in(fleet.local());
        assertThat(ids)
                .allSatisfy(id -> assertThat(LedgerReader.succeeded(ledger.endsOf(id)))
                        .containsExactly(
                                "detect by ark-vision",
                                "generate by seedream",
                                "matting by volcengine-visual",
                                "callback by front-end"));
        assertThat(fleet.paidTwice()).as("calls paid twice").isEqualTo(paidTwiceBefore);
    }

    private String submit(String style, String traceParent) throws IOException {
        return client.submit(fleet.simulator() + "/photos/cat.png", style, traceParent);
    }

    private boolean calledBack(List<String> ids) {
        return ids.stream().noneMatch(id -> frontEnd.callbacks(id).isEmpty());
    }

    /** The spans of the trace, the earliest first. */
    private List<Collected> named(String name) {
        return collector.spansOf(TRACE).stream()
                .filter(span -> span.name().equals(name))
                .sorted((one, other) -> Long.compare(
                        one.span().getStartTimeUnixNano(), other.span().getStartTimeUnixNano()))
                .toList();
    }

    private static List<String> pathOf(Collected span, Map<String, Collected> byId) {
        List<String> path = new ArrayList<>();
        for (Collected at = span; at != null; at = byId.get(at.parent())) {
            path.addFirst(at.name());
        }
        return path;
    }
}
