package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.Ports;
import io.pawline.testkit.NotRunHere;
import io.pawline.testkit.ProjectFiles;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the whole system with the real model behind a matting provider that is dead, where the build could get the model.
 * All that shows calls has to name the provider that made them.
 */
@Timeout(300)
class StandbyIT {

    /** Equal requests would be one task. */
    private static final List<String> STYLES = List.of("watercolor", "oil", "pencil");

    private static final int TASKS = STYLES.size();

    private static final String DEAD_MATTING = """
            seed: 3
            vision: {}
            text-to-image: {}
            matting:
              errors: {connection-reset: 1.0}
            callback: {}
            """;

    @Test
    void tasksEndThroughTheStandbyWhileTheProviderIsDead(@TempDir Path folder) throws Exception {
        NotRunHere.unless(
                getClass().getResource("/matting-models/u2netp.onnx") != null,
                getClass().getSimpleName(),
                "the build could not get u2netp from npm");
        Instant began = Instant.now();
        Ports ports = Ports.anyFree();
        Path data = folder.resolve("data");
        Path profile = Files.writeString(folder.resolve("dead-matting.yaml"), DEAD_MATTING);
        try (ServiceProcess up = ServiceProcess.start(
                folder.resolve("up.log"),
                List.of(
                        ProjectFiles.launcher().toString(),
                        "up",
                        "--matting",
                        "standby",
                        "--simulator-profile",
                        profile.toString(),
                        "--data-dir",
                        data.toString(),
                        "--ports",
                        Integer.toString(ports.ingest())))) {
            await().atMost(Duration.ofMinutes(3)).until(() -> {
                assertThat(up.alive()).as(up.output()).isTrue();
                return up.output().contains("ready");
            });
            List<String> ids = new ArrayList<>();
            try (TestingFrontEnd frontEnd = new TestingFrontEnd(
                    ports.ingest(), LocalSettingsFile.in(data).webhookSecret())) {
                for (String style : STYLES) {
                    ids.add(frontEnd.submit(Files.readAllBytes(ProjectFiles.samplePhoto()), style));
                }
                await().atMost(Duration.ofMinutes(2)).until(() -> frontEnd.tasksCalledBack() == TASKS);
                for (String id : ids) {
                    assertThat(frontEnd.task(id).path("state").asString("")).isEqualTo("success");
                }
            }
            String ops = "http://127.0.0.1:" + ports.ops();
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                for (String id : ids) {
                    assertTimeline(json(ops + "/v1/tasks/" + id + "/timeline"));
                }
            });
            assertThat(get("http://127.0.0.1:" + ports.stage(2) + "/actuator/prometheus")
                            .lines())
                    .anyMatch(line -> line.startsWith("pawline_stage_provider_calls_total")
                            && line.contains("provider=\"own-model\"")
                            && line.contains("reason=\"none\"")
                            && line.endsWith(" " + TASKS + ".0"));
            assertReport(json(ops
                    + "/v1/report?from=%s&to=%s"
                            .formatted(began.minusSeconds(1), Instant.now().plusSeconds(1))));
        }
    }

    /**
     * The last call of matting is the model's. Each before it failed at the provider, or met the model, which makes one
     * picture at a time, with another task.
     */
    private static void assertTimeline(JsonNode timeline) {
        List<JsonNode> calls = StreamSupport.stream(timeline.path("events").spliterator(), false)
                .filter(event -> event.path("kind").asString("").equals("call")
                        && event.path("stage").asString("").equals("matting"))
                .toList();
        assertThat(calls).as("%s", timeline).isNotEmpty();
        assertThat(calls.getLast().path("provider").asString("")).isEqualTo("own-model");
        assertThat(calls.getLast().path("outcome").asString("")).isEqualTo("succeeded");
        assertThat(calls.subList(0, calls.size() - 1)).allSatisfy(call -> {
            assertThat(call.path("outcome").asString("")).isEqualTo("failed");
            assertThat(call.path("provider").asString("") + " "
                            + call.path("reason").asString(""))
                    .isIn("volcengine-visual connection_lost", "own-model overloaded");
        });
    }

    private static void assertReport(JsonNode report) {
        assertThat(StreamSupport.stream(report.path("stages").spliterator(), false))
                .as("%s", report.path("stages"))
                .anySatisfy(stage -> {
                    assertThat(stage.path("provider").asString("")).isEqualTo("own-model");
                    assertThat(stage.path("succeeded").asInt(-1)).isEqualTo(TASKS);
                })
                .anySatisfy(stage -> {
                    assertThat(stage.path("provider").asString("")).isEqualTo("volcengine-visual");
                    assertThat(stage.path("succeeded").asInt(-1)).isZero();
                    assertThat(stage.path("failed").asInt(-1)).isPositive();
                });
    }

    private static JsonNode json(String url) throws Exception {
        return JsonMapper.shared().readTree(get(url));
    }

    private static String get(String url) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
