package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskErasure.Result;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TaskErasureIT {

    /** Stands in every field that the front end fills. */
    private static final String SECRET = "mimi-of-mrs-li";

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static TaskErasure erasure;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        erasure = new TaskErasure(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @Test
    void nothingThatTheFrontEndSaidIsLeftInAnyTable() {
        TaskId id = failed();
        new CallbackAttempts(database)
                .write(List.of(
                        new CallbackAttempt(id, 1, 1, NOW, Duration.ofSeconds(1), 500, Reason.CALLBACK_REFUSED, null)));
        tasks.recordDeliveryFailure(id, 1, NOW, Reason.CALLBACK_REFUSED, "it said " + SECRET);
        assertThat(rows(id)).contains(SECRET);

        assertThat(erasure.erase(id, "shop", NOW)).isEqualTo(Result.ERASED);

        assertThat(rows(id)).isNotEmpty().doesNotContain(SECRET);
        assertThat(new CallbackAttempts(database).of(id)).isEmpty();
    }

    @Test
    void theBooksStayRight() {
        TaskId id = failed();
        Map<String, Object> before = books(id);
        erasure.erase(id, "shop", NOW);
        assertThat(books(id)).isEqualTo(before).containsEntry("tenant", "shop").containsEntry("state", "failed");
    }

    @Test
    void isHiddenFromItsTenantAndFromLists() {
        TaskId id = failed();
        assertThat(tasks.find(id).orElseThrow().visibleTo("shop")).isTrue();
        assertThat(listed()).contains(id);
        erasure.erase(id, "shop", NOW);
        assertThat(tasks.find(id).orElseThrow().visibleTo("shop")).isFalse();
        assertThat(listed()).doesNotContain(id);
        assertThat(new Cancellations(database).cancel(id, "shop", NOW)).isEmpty();
        assertThat(new UndeliveredCallbacks(database).resend(id, "shop", NOW)).isEmpty();
    }

    @Test
    void anOpenTaskIsNotErased() {
        TaskId id = open();
        assertThat(erasure.erase(id, "shop", NOW)).isEqualTo(Result.OPEN);
        assertThat(rows(id)).contains(SECRET);
    }

    @Test
    void onlyItsTenantErasesATask() {
        TaskId id = failed();
        assertThat(erasure.erase(id, "other", NOW)).isEqualTo(Result.UNKNOWN);
        assertThat(erasure.erase(TaskId.next(), "shop", NOW)).isEqualTo(Result.UNKNOWN);
        assertThat(rows(id)).contains(SECRET);
    }

    @Test
    void mayBeRepeatedAndIsForGood() {
        TaskId id = failed();
        erasure.erase(id, "shop", NOW);
        String erased = rows(id);
        assertThat(erasure.erase(id, "shop", NOW.plusSeconds(9))).isEqualTo(Result.ERASED);
        assertThat(rows(id)).isEqualTo(erased);
        assertThatThrownBy(() -> database.with(
                        handle -> handle.execute("update task set erased_at = null where id = ?", id.value())))
                .hasMessageContaining("has been deleted");
    }

    @Test
    void isNeitherReplayedNorCalledBack() {
        TaskId id = failed();
        erasure.erase(id, "shop", NOW);
        database.inTransaction(handle -> {
            assertThat(GenerationOpener.reopen(handle, List.of(id.value()), NOW.plusSeconds(60)))
                    .isEmpty();
            assertThat(GenerationOpener.renotify(handle, List.of(id.value()))).isEmpty();
            return null;
        });
        assertThat(tasks.find(id).orElseThrow().submission().callbackUrl()).isEmpty();
    }

    /** The detail of a final state still changes for nobody else. */
    @Test
    void aFinalStateIsStillFinal() {
        TaskId id = failed();
        assertThatThrownBy(() -> database.with(
                        handle -> handle.execute("update task set detail = 'other' where id = ?", id.value())))
                .hasMessageContaining("which is final");
    }

    private static TaskId failed() {
        TaskId id = open();
        tasks.close(
                id,
                1,
                new FinalState.Failure(
                        NOW.plusSeconds(5), TaskState.FAILED, Reason.NO_PET, null, "only " + SECRET + " is there"));
        return id;
    }

    private static TaskId open() {
        Submission submission = new Submission(
                TaskId.next(),
                "shop",
                SECRET,
                new PhotoSource.Remote(URI.create("https://photos.example/" + SECRET)),
                URI.create("https://shop.example/" + SECRET),
                NOW,
                NOW.plus(Duration.ofHours(1)),
                Priority.INTERACTIVE,
                SECRET,
                "{\"name\":\"" + SECRET + "\"}",
                SECRET,
                null,
                null);
        tasks.accept(submission);
        return submission.id();
    }

    private static List<TaskId> listed() {
        return new TaskListing(database, Clock.systemUTC())
                .page(new TaskListing.Query("shop", null, null, null, null, null, null, 100)).stream()
                        .map(Task::id)
                        .toList();
    }

    /** All that the tables say of a task, as text. */
    private static String rows(TaskId id) {
        return database.with(handle -> handle.createQuery("select cast(task as text) from task where id = :id")
                .bind("id", id.value())
                .mapTo(String.class)
                .one());
    }

    private static Map<String, Object> books(TaskId id) {
        return database.with(handle -> handle.createQuery(
                        "select tenant, submitted_at, deadline, state, ended_at, reason, priority, generation"
                                + " from task where id = :id")
                .bind("id", id.value())
                .mapToMap()
                .one());
    }
}
