package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole system on a laptop, and the plug pulled. */
class KillAndResumeIT {

    private static final int TASKS = 50;

    @Test
    void everyAcceptedTaskEndsAndIsCalledBackThoughAllWasKilledInTheMiddle(@TempDir Path folder) throws Exception {
        Ports ports = Ports.anyFree();
        byte[] photo = Files.readAllBytes(ProjectFiles.samplePhoto());
        List<String> ids = new ArrayList<>();
        try (ChildProcess first = up(folder, ports, "first")) {
            awaitReady(first, ports);
            try (TestingFrontEnd frontEnd = new TestingFrontEnd(ports.ingest(), webhookSecret(folder))) {
                for (int i = 0; i < TASKS; i++) {
                    ids.add(frontEnd.submit(photo, "watercolor " + i));
                }
                await().atMost(Duration.ofMinutes(1)).until(() -> frontEnd.tasksCalledBack() >= 5);
                first.kill();
                assertThat(frontEnd.tasksCalledBack()).as("ended before the kill").isLessThan(TASKS);

                try (ChildProcess second = up(folder, ports, "second")) {
                    awaitReady(second, ports);
                    await().atMost(Duration.ofMinutes(3)).until(() -> frontEnd.tasksCalledBack() == TASKS);
                    for (String id : ids) {
                        assertThat(frontEnd.task(id).path("state").asString("")).isEqualTo("success");
                        Set<String> webhookIds = new HashSet<>();
                        frontEnd.callbacks(id).forEach(callback -> webhookIds.add(callback.webhookId()));
                        assertThat(webhookIds).as("callbacks of " + id).hasSize(1);
                    }
                    assertThat(second.stop()).as("exit code after SIGTERM").isIn(0, 143);
                }
            }
        }
    }

    private static ChildProcess up(Path folder, Ports ports, String name) throws IOException {
        return ChildProcess.start(
                folder.resolve(name + ".log"),
                List.of(
                        ProjectFiles.launcher().toString(),
                        "up",
                        "--data-dir",
                        folder.resolve("data").toString(),
                        "--ports",
                        Integer.toString(ports.ingest())));
    }

    private static void awaitReady(ChildProcess process, Ports ports) {
        Health ingest = new Health("http://127.0.0.1:" + ports.ingest());
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            assertThat(process.alive()).as("the launcher's process, which said: " + process.output()).isTrue();
            return ingest.ready() && process.output().contains("ready");
        });
    }

    private static String webhookSecret(Path folder) throws IOException {
        Properties settings = new Properties();
        try (var lines = Files.newBufferedReader(folder.resolve("data/local.properties"))) {
            settings.load(lines);
        }
        return settings.getProperty("pawline.callback.secrets");
    }
}
