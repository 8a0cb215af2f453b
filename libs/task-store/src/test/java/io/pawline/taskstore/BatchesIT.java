package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BatchesIT {

    private static final Instant LAPSED = NOW.minus(Duration.ofDays(2));

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static Batches batches;

    @BeforeAll
    static void start() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
        batches = new Batches(database);
    }

    @AfterAll
    static void stop() {
        database.close();
        postgres.close();
    }

    @Test
    void countsAndListsTheTasksOfABatchOnly() {
        BatchId batch = batches.open("shop", null, LAPSED, NOW);
        List<TaskId> ids = Stream.generate(() -> accept("shop", batch)).limit(3).toList();
        accept("shop", batches.open("shop", null, LAPSED, NOW));
        accept("shop", null);
        tasks.close(ids.get(1), 1, TestingTasks.failure(Reason.NO_PET));

        assertThat(batches.find(batch, "shop"))
                .contains(new Batches.Batch(batch, NOW, Map.of(TaskState.ACCEPTED, 2, TaskState.FAILED, 1)));
        assertThat(batches.open(batch)).containsExactly(ids.get(0), ids.get(2));
        assertThat(batches.page(batch, null, 2)).extracting(Task::id).containsExactly(ids.get(0), ids.get(1));
        assertThat(batches.page(batch, ids.get(1), 2)).extracting(Task::id).containsExactly(ids.get(2));
        assertThat(tasks.find(ids.getFirst()).orElseThrow().submission().batchId())
                .contains(batch);
    }

    @Test
    void aBatchOfAnotherTenantIsUnknown() {
        BatchId batch = batches.open("shop", null, LAPSED, NOW);
        assertThat(batches.find(batch, "shop")).isPresent();
        assertThat(batches.find(batch, "other")).isEmpty();
        assertThat(batches.find(BatchId.next(), "shop")).isEmpty();
    }

    @Test
    void aKeyOpensOneBatchUntilItLapses() {
        String key = UUID.randomUUID().toString();
        BatchId first = batches.open("shop", key, LAPSED, NOW);
        assertThat(batches.open("shop", key, LAPSED, NOW.plusSeconds(9))).isEqualTo(first);
        assertThat(batches.open("other", key, LAPSED, NOW)).isNotEqualTo(first);

        BatchId second = batches.open("shop", key, NOW.plusMillis(1), NOW.plusSeconds(9));
        assertThat(second).isNotEqualTo(first);
        assertThat(batches.find(first, "shop")).isPresent();
    }

    @Test
    void aKeyOpensOneBatchHoweverManySendItAtOnce() throws Exception {
        String key = UUID.randomUUID().toString();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<BatchId>> opened = threads.invokeAll(
                    Stream.<Callable<BatchId>>generate(() -> () -> batches.open("shop", key, LAPSED, NOW))
                            .limit(20)
                            .toList());
            assertThat(opened)
                    .extracting(Future::get)
                    .containsOnly(opened.getFirst().get());
        }
    }

    @Test
    void cancelsOnlyOpenTasksOfTheTenant() {
        BatchId batch = batches.open("shop", null, LAPSED, NOW);
        TaskId open = accept("shop", batch);
        TaskId ended = accept("shop", batch);
        TaskId foreign = accept("other", null);
        tasks.close(ended, 1, TestingTasks.success());
        Cancellations cancellations = new Cancellations(database);

        assertThat(cancellations.cancelAll(List.of(open, ended, foreign), "shop", NOW))
                .isEqualTo(1);
        assertThat(cancellations.cancelAll(List.of(open, ended, foreign), "shop", NOW))
                .isZero();
        assertThat(batches.find(batch, "shop").orElseThrow().tasks())
                .isEqualTo(Map.of(TaskState.CANCELLED, 1, TaskState.SUCCESS, 1));
        assertThat(tasks.find(foreign).orElseThrow().state()).isEqualTo(TaskState.ACCEPTED);
        assertThat(cancellations.unpublished(1000)).extracting(Task::id).contains(open);
    }

    @Test
    void forgetsOldBatches() {
        BatchId old = batches.open("shop", null, LAPSED, NOW.minus(Duration.ofDays(500)));
        BatchId recent = batches.open("shop", null, LAPSED, NOW);
        assertThat(batches.forget(NOW.minus(Duration.ofDays(400)))).isEqualTo(1);
        assertThat(batches.find(old, "shop")).isEmpty();
        assertThat(batches.find(recent, "shop")).isPresent();
    }

    private static TaskId accept(String tenant, @Nullable BatchId batch) {
        Submission submission = new Submission(
                TaskId.next(),
                tenant,
                "ink",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                null,
                NOW,
                NOW.plus(Duration.ofHours(1)),
                Priority.INTERACTIVE,
                null,
                null,
                null,
                null,
                batch);
        tasks.accept(submission);
        return submission.id();
    }
}
