package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.OverdueTasks.Overdue;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaterTasksIT {

    private static final Instant START = NOW.plus(Duration.ofHours(2));

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static LaterTasks laterTasks;
    private static Outbox outbox;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        laterTasks = new LaterTasks(database);
        outbox = new Outbox(database, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        database.with(handle -> handle.execute("delete from task"));
    }

    @Test
    void noRelaySeesATaskBeforeItsTime() throws InterruptedException {
        TaskId held = accept(START, START.plusSeconds(60));
        TaskId now = accept(null, START);
        assertThat(relayed()).containsExactly(now);
        assertThat(laterTasks.release(START.minusMillis(1), 10)).isZero();
        assertThat(relayed()).isEmpty();

        assertThat(laterTasks.release(START, 10)).isEqualTo(1);
        assertThat(relayed()).containsExactly(held);
        assertThat(laterTasks.release(START, 10)).isZero();
        assertThat(relayed()).isEmpty();
    }

    @Test
    void releasesTheEarliestFirst() throws InterruptedException {
        TaskId last = accept(START.plusSeconds(3), START.plusSeconds(60));
        TaskId first = accept(START.plusSeconds(1), START.plusSeconds(60));
        TaskId second = accept(START.plusSeconds(2), START.plusSeconds(60));
        assertThat(laterTasks.release(START.plusSeconds(9), 2)).isEqualTo(2);
        assertThat(relayed()).containsExactlyInAnyOrder(first, second);
        assertThat(laterTasks.release(START.plusSeconds(9), 2)).isEqualTo(1);
        assertThat(relayed()).containsExactly(last);
    }

    @Test
    void aCancelledTaskIsHeldNoLonger() throws InterruptedException {
        TaskId one = accept(START, START.plusSeconds(60));
        TaskId other = accept(START, START.plusSeconds(60));
        Cancellations cancellations = new Cancellations(database);
        cancellations.cancel(one, "default", NOW);
        cancellations.cancelAll(List.of(other), "default", NOW);
        assertThat(relayed()).containsExactlyInAnyOrder(one, other);
        assertThat(tasks.find(one).orElseThrow().submission().notBefore()).contains(START);
    }

    @Test
    void heldTasksWaitForNoStage() {
        accept(START, START.plusSeconds(60));
        accept(null, START);
        OpenTasks open = new OpenTasks(database);
        assertThat(open.countOfTenants()).isEqualTo(Map.of("default", 1L));
        assertThat(open.waiting()).extracting(OpenTasks.OpenGroup::tasks).containsExactly(1);
        laterTasks.release(START, 10);
        assertThat(open.countOfTenants()).isEqualTo(Map.of("default", 2L));
        assertThat(open.waiting())
                .extracting(OpenTasks.OpenGroup::second)
                .containsExactly(NOW.truncatedTo(ChronoUnit.SECONDS), START.truncatedTo(ChronoUnit.SECONDS));
    }

    /** The process that releases tasks may be gone. */
    @Test
    void theReaperFindsATaskHeldBeyondItsDeadline() {
        Instant past = Instant.now().minus(Duration.ofHours(3));
        TaskId forgotten = accept(past, past.plusSeconds(60));
        OverdueTasks overdue = new OverdueTasks(database, Duration.ofHours(1));
        assertThat(overdue.claim(Duration.ofHours(1), 10)).containsExactly(new Overdue(forgotten, false));
    }

    @Test
    void whatHasBeenRelayedIsNotHeldAgain() throws InterruptedException {
        TaskId id = accept(null, START);
        assertThat(relayed()).containsExactly(id);
        assertThatThrownBy(() -> database.with(handle -> handle.execute("update task set relayed_at = null")))
                .hasMessageContaining("has been relayed");
    }

    private static TaskId accept(@Nullable Instant start, Instant deadline) {
        Submission submission = new Submission(
                TaskId.next(),
                "default",
                "ink",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                null,
                NOW,
                deadline,
                Priority.INTERACTIVE,
                null,
                null,
                null,
                start,
                null);
        tasks.accept(submission);
        assertThat(tasks.find(submission.id()).orElseThrow().submission()).isEqualTo(submission);
        return submission.id();
    }

    private static List<TaskId> relayed() throws InterruptedException {
        List<TaskId> relayed = new ArrayList<>();
        outbox.relay(100, batch -> {
            batch.forEach(task -> relayed.add(task.id()));
            return new Outbox.Handover(relayed, null);
        });
        return relayed;
    }
}
