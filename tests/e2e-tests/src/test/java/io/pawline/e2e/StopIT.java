package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.Ports;
import io.pawline.testkit.ProjectFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops the whole system on a laptop in the middle of its work. */
class StopIT {

    private static final int TASKS = 60;

    @Test
    void whatIsUnderWayIsFinishedWhileTheDatabaseIsStillThere(@TempDir Path folder) throws Exception {
        Ports ports = Ports.anyFree();
        Path data = folder.resolve("data");
        List<String> command =
                List.of(ProjectFiles.launcher().toString(), "up", "--data-dir=" + data, "--ports=" + ports.ingest());
        byte[] photo = Files.readAllBytes(ProjectFiles.samplePhoto());
        try (ServiceProcess up = ServiceProcess.start(folder.resolve("up.log"), command)) {
            await().atMost(Duration.ofMinutes(2)).until(() -> up.output().contains("ready"));
            try (TestingFrontEnd frontEnd = new TestingFrontEnd(
                    ports.ingest(), LocalSettingsFile.in(data).webhookSecret())) {
                for (int i = 0; i < TASKS; i++) {
                    frontEnd.submit(photo, "watercolor " + i);
                }
                await().atMost(Duration.ofMinutes(1)).until(() -> frontEnd.tasksCalledBack() >= 3);

                int exit = up.stop();

                assertThat(exit).isIn(0, 143);
                assertThat(frontEnd.tasksCalledBack())
                        .as("called back before the end")
                        .isLessThan(TASKS);
                assertThat(Files.readString(data.resolve("logs/pawline.log")))
                        .doesNotContain("database_unavailable", "DatabaseUnavailableException");
                assertThat(data.resolve("postgres/postmaster.pid"))
                        .as("the database stopped, too")
                        .doesNotExist();
            }
        }
    }

    @Test
    void aStopDuringTheStartLeavesNothingBehind(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        List<String> command = List.of(
                ProjectFiles.launcher().toString(),
                "up",
                "--data-dir=" + data,
                "--ports=" + Ports.anyFree().ingest());
        try (ServiceProcess up = ServiceProcess.start(folder.resolve("up.log"), command)) {
            await().atMost(Duration.ofMinutes(2)).until(() -> up.output().contains("starting Kafka"));
            assertThat(data.resolve("postgres/postmaster.pid")).exists();

            up.stop();

            assertThat(data.resolve("postgres/postmaster.pid")).doesNotExist();
            assertThat(up.output()).contains("stopping").doesNotContain("\tat ", "ready");
        }
    }
}
