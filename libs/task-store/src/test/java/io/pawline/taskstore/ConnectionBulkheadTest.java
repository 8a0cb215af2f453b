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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ConnectionBulkheadTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final CountDownLatch first = new CountDownLatch(1);

    /** A test that fails must not wait for the threads that wait for it. */
    @AfterEach
    void letEverybodyEnd() {
        first.countDown();
    }

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
    void letsTenantsTakeTurns() throws Exception {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(1, LONG);
        Queue<String> order = new ConcurrentLinkedQueue<>();
        List<Future<?>> work = new ArrayList<>();
        work.add(threads.submit(() -> connectionBulkhead.<Boolean, InterruptedException>execute(() -> {
            first.await();
            return true;
        })));
        await().until(() -> !connectionBulkhead.isFree());
        for (String tenant : List.of("greedy", "greedy", "greedy", "greedy", "modest", "greedy", "third")) {
            int before = connectionBulkhead.waiting();
            work.add(threads.submit(() -> as(tenant, connectionBulkhead, () -> order.add(tenant))));
            await().until(() -> connectionBulkhead.waiting() == before + 1);
        }

        first.countDown();

        for (Future<?> each : work) {
            each.get();
        }
        assertThat(order).containsExactly("greedy", "modest", "third", "greedy", "greedy", "greedy", "greedy");
    }

    @Test
    void leavesAConnectionFreeForTheNextTenant() throws Exception {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(4, LONG);
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            work.add(threads.submit(() -> as("greedy", connectionBulkhead, () -> {
                first.await();
                return true;
            })));
        }
        await().until(() -> connectionBulkhead.waiting() == 1);

        assertThat(as("modest", connectionBulkhead, () -> true)).isTrue();

        first.countDown();
        for (Future<?> each : work) {
            each.get();
        }
    }

    @Test
    void aTenantsLookUpsDoNotWaitForItsLists() throws Exception {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(4, LONG);
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            work.add(threads.submit(() -> asList("greedy", connectionBulkhead, () -> {
                first.await();
                return true;
            })));
        }
        await().until(() -> connectionBulkhead.waiting() == 18);

        assertThat(threads.submit(() -> as("greedy", connectionBulkhead, () -> true)))
                .succeedsWithin(Duration.ofSeconds(10));

        // All that the tenant does is within its share
        work.add(threads.submit(() -> as("greedy", connectionBulkhead, () -> {
            first.await();
            return true;
        })));
        work.add(threads.submit(() -> as("greedy", connectionBulkhead, () -> true)));
        await().until(() -> connectionBulkhead.waiting() == 19);
        assertThat(connectionBulkhead.isFree()).isTrue();

        first.countDown();
        for (Future<?> each : work) {
            each.get();
        }
    }

    @Test
    void listsAndLookUpsOfATenantTakeTurnsWithinItsOwn() throws Exception {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(1, LONG);
        Queue<String> order = new ConcurrentLinkedQueue<>();
        List<Future<?>> work = new ArrayList<>();
        work.add(threads.submit(() -> connectionBulkhead.<Boolean, InterruptedException>execute(() -> {
            first.await();
            return true;
        })));
        await().until(() -> !connectionBulkhead.isFree());
        for (String what : List.of("list", "list", "list", "look-up", "look-up", "other", "other", "other")) {
            int before = connectionBulkhead.waiting();
            work.add(threads.submit(() -> switch (what) {
                case "list" -> asList("greedy", connectionBulkhead, () -> order.add(what));
                case "look-up" -> as("greedy", connectionBulkhead, () -> order.add(what));
                default -> as("modest", connectionBulkhead, () -> order.add(what));
            }));
            await().until(() -> connectionBulkhead.waiting() == before + 1);
        }

        first.countDown();

        for (Future<?> each : work) {
            each.get();
        }
        assertThat(order).containsExactly("list", "other", "look-up", "other", "list", "other", "look-up", "list");
    }

    @Test
    void refusesATenantOfWhomManyWaitAndNobodyElse() throws Exception {
        ConnectionBulkhead connectionBulkhead = new ConnectionBulkhead(1, LONG);
        List<Future<?>> work = new ArrayList<>();
        work.add(threads.submit(() -> connectionBulkhead.<Boolean, InterruptedException>execute(() -> {
            first.await();
            return true;
        })));
        await().until(() -> !connectionBulkhead.isFree());
        for (int i = 0; i < ConnectionBulkhead.WAITING_FOR_TENANT; i++) {
            work.add(threads.submit(() -> as("greedy", connectionBulkhead, () -> true)));
        }
        await().until(() -> connectionBulkhead.waiting() == ConnectionBulkhead.WAITING_FOR_TENANT);

        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> as("greedy", connectionBulkhead, () -> true))
                .matches(DatabaseUnavailableException::isSlow);
        work.add(threads.submit(() -> as("modest", connectionBulkhead, () -> true)));
        await().until(() -> connectionBulkhead.waiting() == ConnectionBulkhead.WAITING_FOR_TENANT + 1);

        first.countDown();
        for (Future<?> each : work) {
            each.get();
        }
    }

    private static <X extends Exception> boolean as(
            String tenant, ConnectionBulkhead connectionBulkhead, ConnectionBulkhead.Work<Boolean, X> work) throws X {
        return ScopedValue.where(TaskDatabase.TENANT, tenant).<Boolean, X>call(() -> connectionBulkhead.execute(work));
    }

    private static <X extends Exception> boolean asList(
            String tenant, ConnectionBulkhead connectionBulkhead, ConnectionBulkhead.Work<Boolean, X> work) throws X {
        return ScopedValue.where(TaskDatabase.LISTS, true).<Boolean, X>call(() -> as(tenant, connectionBulkhead, work));
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
