package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProgressDaoIT {

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static ProgressDao progress;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        progress = new ProgressDao(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @Test
    void listsTheStagesInTheOrderOfThePipeline() {
        TaskId id = accepted();
        StageReached finalizing = new StageReached(id, 1, Stage.FINALIZE, NOW.plusSeconds(2));
        StageReached generating = new StageReached(id, 1, Stage.GENERATE, NOW.plusSeconds(1));
        progress.add(List.of(finalizing, generating, new StageReached(id, 2, Stage.CALLBACK, NOW)));
        assertThat(progress.of(id, 1)).containsExactly(generating, finalizing);
        assertThat(progress.of(TaskId.next(), 1)).isEmpty();
    }

    @Test
    void keepsTheFirstTimeOfAStage() {
        TaskId id = accepted();
        StageReached first = new StageReached(id, 1, Stage.MATTING, NOW);
        StageReached again = new StageReached(id, 1, Stage.MATTING, NOW.plusSeconds(9));
        progress.add(List.of(first, again));
        progress.add(List.of(again));
        progress.add(List.of());
        assertThat(progress.of(id, 1)).containsExactly(first);
    }

    @Test
    void takesTheSameRowsInAnyOrderFromManyWriters() throws InterruptedException, ExecutionException {
        List<StageReached> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            rows.add(new StageReached(accepted(), 1, Stage.GENERATE, NOW));
        }
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                List<StageReached> shuffled = new ArrayList<>(rows);
                Collections.shuffle(shuffled, new Random(i));
                writers.add(threads.submit(() -> progress.add(shuffled)));
            }
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        assertThat(rows)
                .allSatisfy(row -> assertThat(progress.of(row.taskId(), 1)).containsExactly(row));
    }

    @Test
    void leavesOutTasksThatTheDatabaseDoesNotKnow() {
        TaskId known = accepted();
        TaskId hostile = TaskId.parse("ffffffff-ffff-ffff-ffff-ffffffffffff");
        TaskId ancient = TaskId.parse("00000000-0000-7000-8000-000000000000");

        progress.add(Stream.of(hostile, known, ancient)
                .map(id -> new StageReached(id, 1, Stage.MATTING, NOW))
                .toList());

        assertThat(progress.of(List.of(hostile, known, ancient)))
                .containsExactly(new StageReached(known, 1, Stage.MATTING, NOW));
    }

    @Test
    void aRunOfATaskIsOneRow() {
        TaskId id = accepted();

        for (Stage stage : List.of(Stage.GENERATE, Stage.MATTING, Stage.FINALIZE, Stage.CALLBACK)) {
            progress.add(List.of(new StageReached(id, 1, stage, NOW)));
        }

        assertThat(progress.of(id, 1)).hasSize(4);
        assertThat(database.<Integer, RuntimeException>with(
                        handle -> handle.createQuery("select count(*) from task_reached where task_id = :id")
                                .bind("id", id.value())
                                .mapTo(Integer.class)
                                .one()))
                .isEqualTo(1);
    }

    @Test
    void showsWhatAnEarlierVersionHasWritten() {
        TaskId id = accepted();
        database.with(handle -> handle.createUpdate("insert into task_progress values (:id, 1, :stage, :at)")
                .bind("id", id.value())
                .bind("stage", Stage.GENERATE.code())
                .bind("at", NOW.atOffset(ZoneOffset.UTC))
                .execute());

        progress.add(List.of(
                new StageReached(id, 1, Stage.MATTING, NOW),
                new StageReached(id, 1, Stage.GENERATE, NOW.plusSeconds(1))));

        assertThat(progress.of(id, 1)).extracting(StageReached::stage).containsExactly(Stage.GENERATE, Stage.MATTING);
    }

    private static TaskId accepted() {
        Submission submission = TestingTasks.submission();
        new TaskDao(database).accept(submission);
        return submission.id();
    }
}
