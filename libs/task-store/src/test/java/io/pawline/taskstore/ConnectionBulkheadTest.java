package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ConnectionBulkheadTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final CountDownLatch first = new CountDownLatch(1);

    @Test
    void letsInAsManyThreadsAsConnections() throws Exception {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(2, LONG);
        AtomicInteger inside = new AtomicInteger();
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            work.add(threads.submit(() -> connectionBulkhead.<Integer, InterruptedException>execute(() -> {
                assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(2);
                first.await();
                return inside.decrementAndGet();
            })));
        }
        await().until(() -> connectionBulkhead.waiting() == 3);

        first.countDown();

        for (Future<?> each : work) {
            each.get();
        }
    }

    @Test
    void failsIfNoConnectionIsFreeInTime() {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(0, Duration.ofMillis(1));

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> connectionBulkhead.execute(() -> "done"))
                .withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void failsAllWaitingThreadsIfTheDatabaseIsLostAndNoneLater() throws Exception {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(1, LONG);
        DatabaseUnavailableException lost = new DatabaseUnavailableException(new IOException());
        AtomicInteger tried = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        Future<?> losing = threads.submit(() -> connectionBulkhead.<Void, InterruptedException>execute(() -> {
            begun.countDown();
            first.await();
            throw lost;
        }));
        begun.await();
        List<Future<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(threads.submit(() -> connectionBulkhead.execute(tried::incrementAndGet)));
        }
        await().until(() -> connectionBulkhead.waiting() == 3);

        first.countDown();

        for (Future<Integer> each : waiting) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(each::get)
                    .havingCause()
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .withCause(lost);
        }
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(losing::get)
                .withCause(lost);
        assertThat(tried).hasValue(0);
        assertThat(connectionBulkhead.execute(() -> "done")).isEqualTo("done");
    }
}
