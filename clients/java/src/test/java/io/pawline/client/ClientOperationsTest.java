package io.pawline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.client.ScriptedPawline.Received;
import io.pawline.client.ScriptedPawline.Reply;
import io.pawline.client.model.Submission;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Holds the methods of the client against the OpenAPI document. */
class ClientOperationsTest {

    private static final Path DOCUMENT = Path.of("../../ingest-service/src/main/resources/openapi.yaml");

    /** The document itself, and the pictures, whose addresses are whole. */
    private static final Set<String> WITHOUT_METHOD =
            Set.of("GET /v1/openapi.json", "GET /v1/openapi.yaml", "GET /v1/images/{key}");

    private static final UUID ID = UUID.fromString(ScriptedPawline.TASK);
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void everyOperationOfTheDocumentHasAMethod() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.by(request -> answerTo(request))) {
            callAll(pawline.client());
            Set<String> called = pawline.received.stream()
                    .map(request -> request.toString().replace(ScriptedPawline.TASK, "{id}"))
                    .collect(Collectors.toSet());
            assertThat(called)
                    .containsExactlyInAnyOrderElementsOf(documented()
                            .filter(operation -> !WITHOUT_METHOD.contains(operation))
                            .toList());
            assertThat(pawline.received)
                    .filteredOn(request -> !request.method().equals("PUT") || !isUpload(request))
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).isEqualTo("Bearer pwk_1_x"));
        }
    }

    @Test
    void idsAreAskedForByTheHundred() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.by(request -> answerTo(request))) {
            List<UUID> ids = Collections.nCopies(201, ID);
            assertThat(pawline.client().getTasks(ids).getUnknown()).hasSize(3);
            assertThat(pawline.received.stream()
                            .map(request -> request.address().getQuery().split(",", -1).length))
                    .containsExactly(100, 100, 1);
        }
    }

    @Test
    void aBatchIsWaitedForUntilItHasEnded() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(
                ScriptedPawline.json(200, "{\"state\":\"processing\"}"),
                ScriptedPawline.json(200, "{\"state\":\"processing\"}"),
                ScriptedPawline.json(200, "{\"state\":\"ended\"}"))) {
            assertThat(pawline.client().waitForBatch(ID, HOUR).getState().getValue())
                    .isEqualTo("ended");
            assertThat(pawline.pacing.pauses).hasSize(2);
        }
    }

    @Test
    void theClassesAreForJava17() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(PawlineClient.class.getResourceAsStream("PawlineClient.class"))) {
            DataInputStream header = new DataInputStream(file);
            header.skipNBytes(6);
            assertThat(header.readUnsignedShort()).isEqualTo(61);
        }
    }

    private static void callAll(PawlineClient client) throws InterruptedException {
        Submission cat = new Submission()
                .imageUrl(URI.create("https://photos.example/cat.jpg"))
                .style("ink");
        client.submit(cat);
        client.upload(new byte[] {1}, "image/png");
        client.submitTasks(List.of(cat), "key");
        client.submitBatch(List.of(cat));
        client.getBatch(ID);
        client.cancelBatch(ID);
        client.getTask(ID);
        client.waitFor(ID, HOUR);
        client.getTasks(List.of(ID));
        client.listTasks(Map.of("state", "failed"));
        client.cancelTask(ID);
        client.deleteTask(ID);
        client.createTaskToken(ID, HOUR);
        client.getQuota();
        CallbackCalls callbacks = client.callbacks();
        callbacks.getDelivery(ID);
        callbacks.resend(ID);
        callbacks.listUndelivered(null);
        callbacks.sendTest(null);
        callbacks.getSecret();
        callbacks.rotateSecret(HOUR);
        callbacks.endPreviousSecret();
        callbacks.useSharedSecret(true);
        callbacks.useSharedSecret(false);
    }

    private static Reply answerTo(Received request) {
        if (request.toString().startsWith("DELETE /v1/tasks")) {
            return ScriptedPawline.json(204, "");
        }
        if (isUpload(request)) {
            return ScriptedPawline.upload(request);
        }
        return ScriptedPawline.json(
                200,
                "{\"task_id\":\"%1$s\",\"state\":\"success\",\"tasks\":[],\"unknown\":[\"%1$s\"],\"results\":[]}"
                        .formatted(ScriptedPawline.TASK));
    }

    private static boolean isUpload(Received request) {
        return request.address().getPath().startsWith("/v1/uploads");
    }

    private static Stream<String> documented() {
        JsonNode paths = YAMLMapper.shared().readTree(DOCUMENT.toFile()).get("paths");
        return paths.properties().stream()
                .flatMap(path -> path.getValue().propertyNames().stream()
                        .filter(method -> !method.equals("parameters"))
                        .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
    }
}
