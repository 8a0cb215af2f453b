package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.Ports;
import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the whole system on a laptop with settings of the user's own. */
class UpIT {

    @Test
    void theUsersSettingsOverrideAllOthers(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("mine.yaml"), """
                pawline:
                  finalize:
                    thumbnail-sizes: 300, 64
                """);
        Ports ports = Ports.anyFree();
        Path data = folder.resolve("data");
        try (ServiceProcess up = up(folder, "first", data, ports, "--config", config.toString())) {
            await().atMost(Duration.ofMinutes(2)).until(() -> {
                assertThat(up.alive()).as(up.output()).isTrue();
                return up.output().contains("ready");
            });
            try (ServiceProcess second = up(folder, "second", data, Ports.anyFree())) {
                assertThat(second.exitCode()).isNotZero();
                assertThat(second.output()).contains("another stack is running on " + data);
            }
            try (TestingFrontEnd frontEnd = new TestingFrontEnd(
                    ports.ingest(), LocalSettingsFile.in(data).webhookSecret())) {
                assertThat(5 * LocalSettingsFile.in(data).memoryShare())
                        .as("share of the one heap that the pictures of five stages may take")
                        .isLessThanOrEqualTo(0.5);
                String id = frontEnd.submit(Files.readAllBytes(ProjectFiles.samplePhoto()), "sketch");
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> !frontEnd.callbacks(id).isEmpty());
                assertThat(frontEnd.task(id).at("/result/thumbnails"))
                        .extracting(thumbnail -> thumbnail.path("width").asInt(0))
                        .containsExactly(300, 64);
            }
        }
    }

    @Test
    void aWrongSettingStopsTheStartWithItsName(@TempDir Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("mine.properties"), "pawline.generate.stage.max-in-flight=0\n");

        try (ServiceProcess up =
                up(folder, "up", folder.resolve("data"), Ports.anyFree(), "--config", config.toString())) {
            assertThat(up.exitCode()).isNotZero();
            assertThat(up.output()).contains("max-in-flight must be > 0, was 0").doesNotContain("\tat ");
        }
    }

    @Test
    void aMissingKeyStopsTheStartWithTheSettingsName(@TempDir Path folder) throws Exception {
        try (ServiceProcess up = up(folder, "up", folder.resolve("data"), Ports.anyFree(), "--no-simulator")) {
            assertThat(up.exitCode()).isNotZero();
            assertThat(up.output()).contains("pawline.ark.api-key").doesNotContain("\tat ");
        }
    }

    private static ServiceProcess up(Path folder, String name, Path data, Ports ports, String... options)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProjectFiles.launcher().toString(),
                "up",
                "--data-dir",
                data.toString(),
                "--ports",
                Integer.toString(ports.ingest())));
        command.addAll(List.of(options));
        return ServiceProcess.start(folder.resolve(name + ".log"), command);
    }
}
