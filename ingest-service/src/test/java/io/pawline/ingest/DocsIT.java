package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Runs the shell examples of docs/frontend/api.md and callbacks.md as a reader would, with a real curl. Each must print
 * what the page says.
 */
class DocsIT {

    private static final List<String> PAGES = List.of("frontend/api.md", "frontend/callbacks.md");

    /** The task that the page uses. */
    private static final String TASK = "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f";

    private static final Pattern EXAMPLE = Pattern.compile("(?s)```sh\n(.*?)\n```");

    /** Prints the status in place of the answer. */
    private static final String CURL = """
            curl() {
              command curl --silent --show-error --output /dev/null --max-time 60 --write-out '%{http_code}\\n' "$@"
            }
            """;

    @TempDir
    static Path folder;

    private static TestingPostgres postgres;
    private static TestingIngest ingest;
    private static String key;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestingPostgres.shared();
        ingest = new TestingIngest(
                postgres,
                folder.resolve("images"),
                "--pawline.callback.master-secrets=bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=");
        key = ingest.newKey("default", Scope.SUBMIT, Scope.READ, Scope.WEBHOOK);
        Files.write(folder.resolve("cat.jpg"), TestingPngs.PNG);
    }

    @AfterAll
    static void stop() {
        ingest.close();
        postgres.close();
    }

    static Stream<String> examples() throws IOException {
        StringBuilder pages = new StringBuilder();
        for (String page : PAGES) {
            pages.append(Files.readString(ProjectFiles.document(page)));
        }
        return EXAMPLE.matcher(pages).results().map(found -> found.group(1));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void doesWhatThePageSays(String example) throws Exception {
        String said = example.substring(example.lastIndexOf("\n# ") + 3);
        String script = CURL
                + example.replace("http://localhost:8080", "http://127.0.0.1:" + ingest.port())
                        // A name of a test delivery would be looked up
                        .replace(
                                "/test -d '{\"callback_url\":\"https://shop.example",
                                "/test -d '{\"callback_url\":\"https://[::1]")
                        .replace(
                                "UPLOAD_URL",
                                example.contains("UPLOAD_URL")
                                        ? upload().get("url")
                                                .asString()
                                                .replaceFirst("^[a-z]+://[^/]+", "http://127.0.0.1:" + ingest.port())
                                        : "")
                        .replace("UPLOAD_ID", example.contains("UPLOAD_ID") ? sentUpload() : "")
                        .replace("BATCH_ID", example.contains("BATCH_ID") ? batch() : "")
                        .replace(TASK, example.contains("/cancel") ? open() : ended());
        assertThat(output(script).strip()).isEqualTo(said);
    }

    @Test
    void hasAnExampleOfEachWayToCall() throws IOException {
        assertThat(examples().filter(example -> example.contains("curl"))).hasSizeGreaterThanOrEqualTo(12);
    }

    private static String output(String script) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        shell.environment().put("PAWLINE_KEY", key);
        Process running = shell.start();
        try {
            assertThat(running.waitFor(90, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            running.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static JsonNode upload() {
        return ingest.openUpload("{\"media_type\":\"image/jpeg\",\"length\":%d}".formatted(TestingPngs.PNG.length))
                .json();
    }

    private static String sentUpload() {
        JsonNode upload = upload();
        ingest.sendPhoto(URI.create(upload.get("url").asString()), "image/jpeg", TestingPngs.PNG);
        return upload.get("upload_id").asString();
    }

    private static String batch() {
        return ingest.batch(
                        "{\"tasks\":[{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\"}]}",
                        UUID.randomUUID().toString())
                .json()
                .get("batch_id")
                .asString();
    }

    private static String open() {
        return ingest.post(
                        "{\"image_url\":\"https://photos.example/cat.jpg\",\"style\":\"ink\",\"callback_url\":\"https://shop.example/hook\"}",
                        UUID.randomUUID().toString())
                .json()
                .get("task_id")
                .asString();
    }

    private static String ended() {
        String id = open();
        ingest.bean(TaskDao.class)
                .close(
                        TaskId.parse(id),
                        1,
                        new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null));
        return id;
    }
}
