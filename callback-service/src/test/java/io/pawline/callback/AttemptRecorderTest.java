package io.pawline.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.TestingTasks;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AttemptRecorderTest {

    private static final TaskId TASK = TaskId.next();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TestingTable table = new TestingTable();

    /** Takes attempts, or fails as it is told. */
    private static final class TestingTable {

        private final List<CallbackAttempt> rows = new ArrayList<>();
        private @Nullable RuntimeException failure;

        synchronized void write(List<CallbackAttempt> attempts) {
            if (failure != null) {
                throw failure;
            }
            rows.addAll(attempts);
        }

        synchronized void fail(@Nullable RuntimeException with) {
            failure = with;
        }

        synchronized List<Integer> numbers() {
            return rows.stream().map(CallbackAttempt::number).toList();
        }
    }

    @Test
    void writesInTheOrderOfTheAttempts() {
        try (AttemptRecorder recorder = recorder()) {
            add(recorder, 1, AttemptRecorder.BATCH + 1);
            recorder.flush();

            assertThat(table.numbers()).isEqualTo(numbers(1, AttemptRecorder.BATCH + 1));
        }
        assertThat(dropped()).isZero();
    }

    @Test
    void keepsAttemptsWhileTheDatabaseIsLost() {
        table.fail(TestingPostgres.lost());
        try (AttemptRecorder recorder = recorder()) {
            add(recorder, 1, 3);
            recorder.flush();
            add(recorder, 4, 4);
            recorder.flush();
            assertThat(table.numbers()).isEmpty();

            table.fail(null);
            recorder.flush();

            assertThat(table.numbers()).isEqualTo(numbers(1, 4));
        }
        assertThat(dropped()).isZero();
    }

    @Test
    void aFullQueueDropsTheOldestAndCountsThem() {
        table.fail(TestingPostgres.lost());
        int more = 7;
        int all = AttemptRecorder.CAPACITY + AttemptRecorder.BATCH + more;
        try (AttemptRecorder recorder = recorder()) {
            add(recorder, 1, AttemptRecorder.BATCH);
            recorder.flush();
            add(recorder, AttemptRecorder.BATCH + 1, all);
            assertThat(dropped()).isEqualTo(more);

            table.fail(null);
            recorder.flush();
        }

        List<Integer> kept = new ArrayList<>(numbers(1, AttemptRecorder.BATCH));
        kept.addAll(numbers(AttemptRecorder.BATCH + more + 1, all));
        assertThat(table.numbers()).isEqualTo(kept);
    }

    @Test
    void aBatchThatIsRefusedHoldsUpNoOther() {
        table.fail(new IllegalStateException("there is no such table"));
        try (AttemptRecorder recorder = recorder()) {
            add(recorder, 1, 3);
            recorder.flush();
            assertThat(dropped()).isEqualTo(3);

            table.fail(null);
            add(recorder, 4, 5);
            recorder.flush();
        }
        assertThat(table.numbers()).isEqualTo(numbers(4, 5));
    }

    @Test
    void writesWhatWaitsWhenItStops() {
        AttemptRecorder recorder = recorder();
        add(recorder, 1, 2);

        recorder.close();

        assertThat(table.numbers()).isEqualTo(numbers(1, 2));
    }

    @Test
    @Timeout(60)
    void doesNotWaitForLongWhenItStops() {
        CountDownLatch never = new CountDownLatch(1);
        AttemptRecorder recorder = new AttemptRecorder(
                _ -> {
                    try {
                        never.await();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                },
                meters,
                Clock.systemUTC(),
                System::nanoTime);
        add(recorder, 1, 1);

        recorder.close();

        assertThat(never.getCount()).isEqualTo(1);
    }

    private AttemptRecorder recorder() {
        return new AttemptRecorder(table::write, meters, Clock.systemUTC(), System::nanoTime);
    }

    private double dropped() {
        return meters.get("pawline.callback.attempts.dropped").counter().count();
    }

    private static void add(AttemptRecorder recorder, int first, int last) {
        numbers(first, last)
                .forEach(number -> recorder.add(new CallbackAttempt(
                        TASK, 1, number, TestingTasks.NOW, Duration.ZERO, 500, Reason.CALLBACK_REFUSED, null)));
    }

    private static List<Integer> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }
}
