package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProgressDaoIT {

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static ProgressDao progress;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.start();
        database = TaskDatabase.open(postgres.database("postgres"));
        progress = new ProgressDao(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @Test
    void listsTheStagesInTheOrderOfThePipeline() {
        TaskId id = TaskId.next();
        StageReached finalizing = new StageReached(id, 1, Stage.FINALIZE, NOW.plusSeconds(2));
        StageReached generating = new StageReached(id, 1, Stage.GENERATE, NOW.plusSeconds(1));
        progress.add(List.of(finalizing, generating, new StageReached(id, 2, Stage.CALLBACK, NOW)));
        assertThat(progress.of(id, 1)).containsExactly(generating, finalizing);
        assertThat(progress.of(TaskId.next(), 1)).isEmpty();
    }

    @Test
    void keepsTheFirstTimeOfAStage() {
        TaskId id = TaskId.next();
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
            rows.add(new StageReached(TaskId.next(), 1, Stage.GENERATE, NOW));
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
}
