package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class BatchingExecutorTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final CountDownLatch go = new CountDownLatch(1);
    private final Queue<List<Integer>> batches = new ConcurrentLinkedQueue<>();
    private volatile int bad = -1;
    private final BatchingExecutor<Integer, Integer> batchingExecutor = new BatchingExecutor<>(this::doubled, 50, LONG);

    /** Executes a batch. The first batches wait, so that further items gather. */
    private List<Integer> doubled(List<Integer> items) {
        batches.add(items);
        awaitGo();
        if (items.contains(bad)) {
            throw new IllegalArgumentException("bad");
        }
        return items.stream().map(item -> 2 * item).toList();
    }

    private void awaitGo() {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void answersEachItemAndNeedsFewBatches() throws Exception {
        List<Future<Integer>> answers = submitAll(batchingExecutor, 402);

        go.countDown();

        for (int i = 0; i < 402; i++) {
            assertThat(answers.get(i).get()).isEqualTo(2 * i);
        }
        assertThat(batches)
                .hasSizeLessThanOrEqualTo(12)
                .allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(50));
        assertThat(batches.stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 402).boxed().toList());
    }

    @Test
    void aBadItemFailsAlone() throws Exception {
        bad = 13;
        List<Future<Integer>> answers = submitAll(batchingExecutor, 20);

        go.countDown();

        for (int i = 0; i < 20; i++) {
            if (i == bad) {
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(answers.get(i)::get)
                        .withCauseInstanceOf(IllegalArgumentException.class);
            } else {
                assertThat(answers.get(i).get()).isEqualTo(2 * i);
            }
        }
    }

    @Test
    void failsAllWaitingItemsIfTheDatabaseIsLostAndNoneLater() throws Exception {
        DatabaseUnavailableException lost = new DatabaseUnavailableException(new IOException());
        AtomicBoolean isBack = new AtomicBoolean();
        BatchingExecutor<Integer, Integer> losing = new BatchingExecutor<>(
                items -> {
                    batches.add(items);
                    awaitGo();
                    if (isBack.get()) {
                        return items;
                    }
                    throw lost;
                },
                1,
                LONG);
        List<Future<Integer>> answers = submitAll(losing, 20);

        go.countDown();

        for (Future<Integer> answer : answers) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(answer::get)
                    .havingCause()
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .withCause(lost);
        }
        assertThat(batches).hasSizeLessThanOrEqualTo(2);
        isBack.set(true);
        assertThat(losing.submit(21)).isEqualTo(21);
    }

    @Test
    void dropsAnItemThatNoBatchTakesInTime() throws Exception {
        // Long enough for the threads of the first two batches to start on a busy machine
        BatchingExecutor<Integer, Integer> slow = new BatchingExecutor<>(this::doubled, 50, Duration.ofSeconds(2));
        Future<Integer> first = threads.submit(() -> slow.submit(1));
        await().until(() -> batches.size() == 1);
        Future<Integer> second = threads.submit(() -> slow.submit(2));
        await().until(() -> batches.size() == 2);

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> slow.submit(3))
                .withCauseInstanceOf(TimeoutException.class);

        go.countDown();
        assertThat(first.get()).isEqualTo(2);
        assertThat(second.get()).isEqualTo(4);
        assertThat(batches).containsExactly(List.of(1), List.of(2));
    }

    /** An item that comes just when the last batch has found no further one must not wait for the next item. */
    @Test
    void forgetsNoItemThatComesWhenTheBatchesEnd() throws Exception {
        BatchingExecutor<Integer, Integer> quick = new BatchingExecutor<>(items -> items, 50, Duration.ofSeconds(20));
        CyclicBarrier barrier = new CyclicBarrier(4);
        List<Future<?>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            callers.add(threads.submit(() -> {
                for (int i = 0; i < 20_000; i++) {
                    barrier.await();
                    assertThat(quick.submit(i)).isEqualTo(i);
                }
                return null;
            }));
        }

        for (Future<?> caller : callers) {
            assertThat(caller.get()).isNull();
        }
    }

    /** Submits items. Afterwards each is in a batch that is under way, or waits for one. */
    private List<Future<Integer>> submitAll(BatchingExecutor<Integer, Integer> executor, int callers) {
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int item = i;
            answers.add(threads.submit(() -> executor.submit(item)));
        }
        await().until(() -> batches.stream().mapToInt(List::size).sum() + executor.waiting() == callers);
        return answers;
    }
}
