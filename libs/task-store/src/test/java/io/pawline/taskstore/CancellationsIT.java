package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CancellationsIT {

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static Cancellations cancellations;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        cancellations = new Cancellations(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @Test
    void cancelsAnOpenTaskAndListsItUntilPublished() {
        TaskId id = accepted();
        CloseResult closeResult =
                cancellations.cancel(id, "default", NOW.plusSeconds(1)).orElseThrow();
        assertThat(closeResult.byThisCall()).isTrue();
        assertThat(closeResult.task().state()).isEqualTo(TaskState.CANCELLED);
        assertThat(closeResult.task().finalState().orElseThrow().at()).isEqualTo(NOW.plusSeconds(1));
        assertThat(cancellations.unpublished(1000)).extracting(Task::id).contains(id);
        cancellations.markPublished(id);
        assertThat(cancellations.unpublished(1000)).extracting(Task::id).doesNotContain(id);
    }

    @Test
    void listsPublishedCancellationsAfterTheDeadlineUntilWithdrawn() {
        TaskId id = accepted();
        Instant deadline = tasks.find(id).orElseThrow().submission().deadline();
        cancellations.cancel(id, "default", NOW);
        assertThat(cancellations.obsolete(deadline.plusMillis(1), 1000)).doesNotContain(id);
        cancellations.markPublished(id);
        assertThat(cancellations.obsolete(deadline, 1000)).doesNotContain(id);
        assertThat(cancellations.obsolete(deadline.plusMillis(1), 1000)).contains(id);
        cancellations.markWithdrawn(id);
        assertThat(cancellations.obsolete(deadline.plusMillis(1), 1000)).doesNotContain(id);
    }

    @Test
    void leavesATaskThatHasEndedAsItIs() {
        TaskId id = accepted();
        tasks.close(id, 1, TestingTasks.success());
        CloseResult closeResult = cancellations.cancel(id, "default", NOW).orElseThrow();
        assertThat(closeResult.byThisCall()).isFalse();
        assertThat(closeResult.task().state()).isEqualTo(TaskState.SUCCESS);
    }

    @Test
    void findsNoTaskOfAnotherTenant() {
        TaskId id = accepted();
        assertThat(cancellations.cancel(id, "other", NOW)).isEmpty();
        assertThat(tasks.find(id).orElseThrow().state()).isEqualTo(TaskState.ACCEPTED);
        assertThat(cancellations.cancel(TaskId.next(), "default", NOW)).isEmpty();
    }

    @Test
    void standsAgainstTheFinalStateOfAStage() {
        TaskId id = accepted();
        cancellations.cancel(id, "default", NOW);
        CloseResult late = tasks.close(id, 1, TestingTasks.success()).orElseThrow();
        assertThat(late.byThisCall()).isFalse();
        assertThat(late.task().state()).isEqualTo(TaskState.CANCELLED);
    }

    /** Whoever is first: there is one final state, every call returns it, and exactly one of them wrote it. */
    @Test
    void hasOneFinalStatePerGenerationIfManyEndItAtOnce() throws Exception {
        Random random = new Random(5);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 60; round++) {
                TaskId id = accepted();
                List<Callable<Optional<CloseResult>>> enders = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    enders.add(
                            switch (random.nextInt(4)) {
                                case 0 -> () -> tasks.close(id, 1, TestingTasks.success());
                                case 1 -> () -> tasks.close(id, 1, TestingTasks.failure(Reason.NO_PET));
                                case 2 -> () -> tasks.close(id, 1, TestingTasks.failure(Reason.DEADLINE_PASSED));
                                default -> () -> cancellations.cancel(id, "default", NOW);
                            });
                }
                List<CloseResult> results = new ArrayList<>();
                for (var result : threads.invokeAll(enders)) {
                    results.add(result.get().orElseThrow());
                }
                assertThat(results.stream().filter(CloseResult::byThisCall)).hasSize(1);
                assertThat(results.stream()
                                .map(closeResult -> closeResult.task().state())
                                .distinct())
                        .containsExactly(tasks.find(id).orElseThrow().state());
            }
        }
    }

    private static TaskId accepted() {
        Submission submission = TestingTasks.submission();
        tasks.accept(submission);
        return submission.id();
    }
}
