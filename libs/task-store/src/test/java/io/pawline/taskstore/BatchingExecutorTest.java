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
    private final Queue<List<Integer>> rounds = new ConcurrentLinkedQueue<>();
    private volatile int bad = -1;
    private final BatchingExecutor<Integer, Integer> batchingExecutor = new BatchingExecutor<>(this::doubled, 50, LONG);

    /** The first rounds wait, so that others gather. */
    private List<Integer> doubled(List<Integer> items) {
        rounds.add(items);
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
    void answersEachWithItsOwnAndDoesWhatGathersInFewRounds() throws Exception {
        List<Future<Integer>> answers = askAll(batchingExecutor, 402);

        go.countDown();

        for (int i = 0; i < 402; i++) {
            assertThat(answers.get(i).get()).isEqualTo(2 * i);
        }
        assertThat(rounds)
                .hasSizeLessThanOrEqualTo(12)
                .allSatisfy(round -> assertThat(round).hasSizeLessThanOrEqualTo(50));
        assertThat(rounds.stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 402).boxed().toList());
    }

    @Test
    void failsOneForItselfAndNotItsNeighbours() throws Exception {
        bad = 13;
        List<Future<Integer>> answers = askAll(batchingExecutor, 20);

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
    void tellsAllThatWaitWhenTheDatabaseIsLostAndNobodyAfterThem() throws Exception {
        DatabaseUnavailableException lost = new DatabaseUnavailableException(new IOException());
        AtomicBoolean isBack = new AtomicBoolean();
        BatchingExecutor<Integer, Integer> losing = new BatchingExecutor<>(
                items -> {
                    rounds.add(items);
                    awaitGo();
                    if (isBack.get()) {
                        return items;
                    }
                    throw lost;
                },
                1,
                LONG);
        List<Future<Integer>> answers = askAll(losing, 20);

        go.countDown();

        for (Future<Integer> answer : answers) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(answer::get)
                    .havingCause()
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .withCause(lost);
        }
        assertThat(rounds).hasSizeLessThanOrEqualTo(2);
        isBack.set(true);
        assertThat(losing.ask(21)).isEqualTo(21);
    }

    @Test
    void doesNothingForWhomNoRoundTakesInTime() throws Exception {
        BatchingExecutor<Integer, Integer> slow = new BatchingExecutor<>(this::doubled, 50, Duration.ofMillis(1));
        Future<Integer> first = threads.submit(() -> slow.ask(1));
        await().until(() -> rounds.size() == 1);
        Future<Integer> second = threads.submit(() -> slow.ask(2));
        await().until(() -> rounds.size() == 2);

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> slow.ask(3))
                .withCauseInstanceOf(TimeoutException.class);

        go.countDown();
        assertThat(first.get()).isEqualTo(2);
        assertThat(second.get()).isEqualTo(4);
        assertThat(rounds).containsExactly(List.of(1), List.of(2));
    }

    /** Who asks just when the last round has found nobody would else wait until somebody else asks. */
    @Test
    void forgetsNobodyWhoComesWhenTheRoundsEnd() throws Exception {
        BatchingExecutor<Integer, Integer> quick = new BatchingExecutor<>(items -> items, 50, Duration.ofSeconds(20));
        CyclicBarrier together = new CyclicBarrier(4);
        List<Future<?>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            callers.add(threads.submit(() -> {
                for (int i = 0; i < 20_000; i++) {
                    together.await();
                    assertThat(quick.ask(i)).isEqualTo(i);
                }
                return null;
            }));
        }

        for (Future<?> caller : callers) {
            assertThat(caller.get()).isNull();
        }
    }

    /** All have asked: they are in a round that is under way, or wait. */
    private List<Future<Integer>> askAll(BatchingExecutor<Integer, Integer> asked, int callers) {
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int item = i;
            answers.add(threads.submit(() -> asked.ask(item)));
        }
        await().until(() -> rounds.stream().mapToInt(List::size).sum() + asked.waiting() == callers);
        return answers;
    }
}
