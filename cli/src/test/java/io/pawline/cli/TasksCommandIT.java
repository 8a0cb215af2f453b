package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.CallbackAttempts;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TasksCommandIT {

    private static final Instant AT = Instant.parse("2026-11-23T10:15:30Z");

    @TempDir
    private static Path folder;

    private static TaskDatabase database;

    @BeforeAll
    static void start() throws Exception {
        DatabaseProperties own = TestingServers.create("tasks");
        Files.writeString(folder.resolve("local.properties"), """
                pawline.database.url=%s
                pawline.database.username=postgres
                pawline.database.password=postgres
                """.formatted(own.url()));
        database = TaskDatabase.open(own);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void showsTheAttemptsOfACallback() {
        TaskId id = ended();
        Instant next = AT.plusSeconds(40);
        new TaskDao(database).recordDeliveryFailure(id, 1, AT, Reason.READ_TIMEOUT, "No answer.");
        new CallbackAttempts(database)
                .write(List.of(
                        attempt(id, 1, AT, 500, Reason.CALLBACK_REFUSED, AT.plusSeconds(5)),
                        attempt(id, 2, AT.plusSeconds(5), null, Reason.READ_TIMEOUT, next)));

        CommandRun shown = callback(id.toString());

        assertThat(shown.exit()).as(shown.err()).isZero();
        assertThat(shown.out())
                .contains("delivery      undelivered", "host          shop.example")
                .contains("next attempt  2026-11-23T10:16:10Z")
                .containsPattern("1 +1 +2026-11-23T10:15:30Z +12 ms +500 +callback_refused +no")
                .containsPattern("1 +2 +2026-11-23T10:15:35Z +12 ms +- +read_timeout +no")
                .doesNotContain("token", "/hook");
    }

    @Test
    void saysWhatIsWrongWithAnId() {
        assertThat(callback("x").exit()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(callback("x").err()).contains("'x' is no task id");
        TaskId unknown = TaskId.next();
        assertThat(callback(unknown.toString()))
                .isEqualTo(new CommandRun(1, "", "pawline: no task has the id " + unknown + System.lineSeparator()));
    }

    private static CommandRun callback(String id) {
        return CommandRun.of(List.of("tasks", "callback", id, "--data-dir", folder.toString()));
    }

    private static TaskId ended() {
        Submission submission = new Submission(
                TaskId.next(),
                "default",
                "ink",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                URI.create("https://shop.example/hook?token=secret"),
                AT,
                AT.plus(Duration.ofHours(1)));
        TaskDao tasks = new TaskDao(database);
        tasks.accept(submission);
        tasks.close(
                submission.id(), 1, new FinalState.Failure(AT, TaskState.FAILED, Reason.NO_PET, null, "No pet in it."));
        return submission.id();
    }

    private static CallbackAttempt attempt(
            TaskId id, int number, Instant at, @Nullable Integer status, Reason reason, Instant next) {
        return new CallbackAttempt(id, 1, number, at, Duration.ofMillis(12), status, reason, next);
    }
}
