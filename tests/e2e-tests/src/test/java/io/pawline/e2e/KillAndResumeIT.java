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
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Kills the whole system on a laptop in the middle of its work, and starts it again. */
class KillAndResumeIT {

    private static final int TASKS = 50;

    @Test
    void everyAcceptedTaskIsCalledBackThoughAllWasKilled(@TempDir Path folder) throws Exception {
        Ports ports = Ports.anyFree();
        byte[] photo = Files.readAllBytes(ProjectFiles.samplePhoto());
        List<String> ids = new ArrayList<>();
        try (ServiceProcess first = up(folder, ports, "first")) {
            awaitReady(first, ports);
            try (TestingFrontEnd frontEnd = new TestingFrontEnd(
                    ports.ingest(), LocalSettingsFile.in(folder.resolve("data")).webhookSecret())) {
                for (int i = 0; i < TASKS; i++) {
                    ids.add(frontEnd.submit(photo, "watercolor " + i));
                }
                await().atMost(Duration.ofMinutes(1)).until(() -> frontEnd.tasksCalledBack() >= 5);
                first.kill();
                killDatabase(folder);
                assertThat(frontEnd.tasksCalledBack())
                        .as("ended before the kill")
                        .isLessThan(TASKS);

                // The second life ends early, too, and leaves its database running.
                try (ServiceProcess second = up(folder, ports, "second")) {
                    awaitReady(second, ports);
                    second.kill();
                }
                try (ServiceProcess third = up(folder, ports, "third")) {
                    awaitReady(third, ports);
                    awaitAllCalledBack(frontEnd, ids, folder);
                    for (String id : ids) {
                        assertSucceededOnce(frontEnd, id);
                    }
                    assertThat(third.stop()).as("exit code after SIGTERM").isIn(0, 143);
                }
            }
        }
    }

    private static void awaitAllCalledBack(TestingFrontEnd frontEnd, List<String> ids, Path folder) throws IOException {
        try {
            await().atMost(Duration.ofMinutes(3))
                    .until(() ->
                            ids.stream().noneMatch(id -> frontEnd.callbacks(id).isEmpty()));
        } catch (ConditionTimeoutException late) {
            Map<String, Integer> openByStage = new TreeMap<>();
            for (String id : ids) {
                if (frontEnd.callbacks(id).isEmpty()) {
                    openByStage.merge(frontEnd.task(id).path("stage").asString("none"), 1, Integer::sum);
                }
            }
            StringBuilder story = new StringBuilder("not called back, by the stage reached: " + openByStage);
            List<String> lines = Files.readAllLines(folder.resolve("data/logs/pawline.log")).stream()
                    .filter(line ->
                            line.contains(" WARN ") || line.contains(" ERROR ") || line.contains("StageSession"))
                    .toList();
            lines.stream()
                    .skip(Math.max(0, lines.size() - 40))
                    .forEach(line -> story.append('\n').append(line));
            throw new AssertionError(story.toString(), late);
        }
    }

    private static void assertSucceededOnce(TestingFrontEnd frontEnd, String id) throws IOException {
        JsonNode task = frontEnd.task(id);
        assertThat(task.path("state").asString("")).as(task.toString()).isEqualTo("success");
        // A kill between the receiver's answer and the commit repeats a callback, under the same webhook-id.
        assertThat(frontEnd.callbacks(id).stream()
                        .map(TestingFrontEnd.Callback::webhookId)
                        .distinct())
                .as("callbacks of " + id)
                .hasSize(1);
    }

    private static void killDatabase(Path folder) throws IOException {
        Path pidFile = folder.resolve("data/postgres/postmaster.pid");
        long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private static ServiceProcess up(Path folder, Ports ports, String name) throws IOException {
        Path config = Files.writeString(folder.resolve("small-pictures.properties"), """
                pawline.generate.model=doubao-seedream-3-0-t2i-250415
                pawline.generate.size=512x512
                """);
        return ServiceProcess.start(
                folder.resolve(name + ".log"),
                List.of(
                        ProjectFiles.launcher().toString(),
                        "up",
                        "--data-dir",
                        folder.resolve("data").toString(),
                        "--config",
                        config.toString(),
                        "--ports",
                        Integer.toString(ports.ingest())));
    }

    private static void awaitReady(ServiceProcess process, Ports ports) {
        Health ingest = new Health("http://127.0.0.1:" + ports.ingest());
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            assertThat(process.alive())
                    .as("the launcher's process, which said: " + process.output())
                    .isTrue();
            return ingest.ready() && process.output().contains("ready");
        });
    }
}
