package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.Ports;
import io.pawline.testkit.NotRunHere;
import io.pawline.testkit.ProjectFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the whole system with the real model in the place of the matting provider, where the build could get the model. */
@Timeout(300)
class MattingModelIT {

    @Test
    void theModelStandsInForTheProvider(@TempDir Path folder) throws Exception {
        NotRunHere.unless(
                getClass().getResource("/matting-models/u2netp.onnx") != null,
                getClass().getSimpleName(),
                "the build could not get u2netp from npm");
        Ports ports = Ports.anyFree();
        Path data = folder.resolve("data");
        try (ServiceProcess up = ServiceProcess.start(
                folder.resolve("up.log"),
                List.of(
                        ProjectFiles.launcher().toString(),
                        "up",
                        "--matting",
                        "model",
                        "--data-dir",
                        data.toString(),
                        "--ports",
                        Integer.toString(ports.ingest())))) {
            await().atMost(Duration.ofMinutes(3)).until(() -> {
                assertThat(up.alive()).as(up.output()).isTrue();
                return up.output().contains("ready");
            });
            try (TestingFrontEnd frontEnd = new TestingFrontEnd(
                    ports.ingest(), LocalSettingsFile.in(data).webhookSecret())) {
                String id = frontEnd.submit(Files.readAllBytes(ProjectFiles.samplePhoto()), "watercolor");
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> !frontEnd.callbacks(id).isEmpty());
                JsonNode task = frontEnd.task(id);
                assertThat(task.path("state").asString("")).as("%s", task).isEqualTo("success");
                assertIsCutOut(get(task.at("/result/image_url").asString("")));
            }
            assertThat(text("http://127.0.0.1:" + ports.mattingModel() + "/actuator/prometheus"))
                    .contains("pawline_matting_model_time_seconds_count 1\n");
            JsonNode seen = JsonMapper.shared().readTree(get("http://127.0.0.1:" + ports.simulator() + "/stats"));
            assertThat(seen.at("/providers/matting/calls").asInt(-1))
                    .as("%s", seen)
                    .isZero();
        }
        assertThat(new Health("http://127.0.0.1:" + ports.mattingModel()).ready())
                .as("the model goes with the stack")
                .isFalse();
    }

    private static void assertIsCutOut(byte[] png) throws Exception {
        BufferedImage result = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(result.getRGB(0, 0) >>> 24).as("a corner").isZero();
        assertThat(result.getRGB(result.getWidth() / 2, result.getHeight() / 2) >>> 24)
                .as("the middle")
                .isEqualTo(255);
    }

    private static byte[] get(String url) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray())
                    .body();
        }
    }

    private static String text(String url) throws Exception {
        return new String(get(url), StandardCharsets.UTF_8);
    }
}
