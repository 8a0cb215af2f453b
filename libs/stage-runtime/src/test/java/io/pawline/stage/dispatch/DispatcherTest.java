package io.pawline.stage.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.stage.Fairness;
import io.pawline.stage.Scheduler;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.stage.provider.ConcurrencyLimiter;
import io.pawline.stage.provider.TestingClock;
import io.pawline.stage.provider.TestingStageControls;
import io.pawline.stage.retry.RetryTimer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DispatcherTest {

    private final AssignedPartition fresh = partition("pawline.detect", false);
    private final AssignedPartition retries = partition("pawline.detect.retry", true);
    private final TestingStageControls controls = new TestingStageControls();
    private final Scheduler scheduler = new SystemScheduler();

    private final BlockingQueue<WorkItem> begun = new LinkedBlockingQueue<>();
    private final AtomicBoolean held = new AtomicBoolean();
    private final Map<WorkItem, CountDownLatch> running = new ConcurrentHashMap<>();

    @Test
    void beginsNoMoreThanThePermitsAllowAndGoesOnAsTheyComeBack() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(2, 0.25);

        dispatcher.add(items(fresh, 5));

        WorkItem first = next();
        next();
        assertThat(dispatcher.waiting()).isEqualTo(3);
        assertThat(begun).isEmpty();
        end(first);
        next();
        assertThat(dispatcher.waiting()).isEqualTo(2);
    }

    @Test
    void beginsNothingWhileItIsHeld() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(2, 0.25);
        dispatcher.add(items(fresh, 5));
        WorkItem first = next();
        next();

        held.set(true);
        end(first);
        dispatcher.add(List.of());
        assertThat(begun.poll(100, TimeUnit.MILLISECONDS)).isNull();
        held.set(false);
        dispatcher.add(List.of());

        next();
        assertThat(dispatcher.waiting()).isEqualTo(2);
    }

    @Test
    void keepsAllThatWaitsThroughAPause() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(10, 0.25);
        controls.paused = true;
        dispatcher.add(items(fresh, 5));
        assertThat(dispatcher.waiting()).isEqualTo(5);

        controls.paused = false;
        dispatcher.add(List.of());

        for (int i = 0; i < 5; i++) {
            next();
        }
        assertThat(dispatcher.waiting()).isZero();
    }

    @Test
    void retriesGetTheirShareAndNoMoreWhileFreshOnesWait() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(1, 0.25);
        dispatcher.add(items(fresh, 1_000));
        dispatcher.add(items(retries, 1_000));

        int retried = 0;
        for (int i = 0; i < 800; i++) {
            WorkItem item = next();
            retried += item.isRetry() ? 1 : 0;
            end(item);
        }

        assertThat(retried).isBetween(190, 210);
    }

    @Test
    void slowRetriesDoNotHoldMoreThanTheirShareOfThePermits() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(100, 0.25);
        dispatcher.add(items(fresh, 5_000));
        dispatcher.add(items(retries, 1_000));

        int held = 0;
        for (int i = 0; i < 4_000; i++) {
            WorkItem item = next();
            if (item.isRetry()) {
                held++;
            } else {
                end(item);
            }
        }

        assertThat(held).isEqualTo(25);
    }

    @Test
    void retriesGetEverythingWhileNothingFreshWaits() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(100, 0.25);

        dispatcher.add(items(retries, 150));

        for (int i = 0; i < 100; i++) {
            assertThat(next().isRetry()).isTrue();
        }
    }

    @Test
    void whatMayWaitNoLongerLeavesWithoutAPermit() {
        Dispatcher dispatcher = dispatcher(10, 0.25);
        controls.paused = true;
        List<WorkItem> overdue = new ArrayList<>(until(items(fresh, 2), 1_000));
        overdue.addAll(until(bulk(items(fresh, 2)), 1_000));
        overdue.addAll(until(items(retries, 2), 1_000));
        dispatcher.add(until(bulk(items(fresh, 3)), 3_000));
        dispatcher.add(items(fresh, 1));
        dispatcher.add(overdue);

        assertThat(dispatcher.overdue(Instant.ofEpochMilli(1_000))).isEmpty();
        assertThat(dispatcher.overdue(Instant.ofEpochMilli(2_000))).containsExactlyInAnyOrderElementsOf(overdue);
        assertThat(dispatcher.waiting()).isEqualTo(4);
        assertThat(fresh.bulkWaiting()).isEqualTo(3);
    }

    private static List<WorkItem> until(List<WorkItem> items, long millis) {
        items.forEach(item -> item.data()
                .headers()
                .add(RecordHeaders.DEADLINE, Long.toString(millis).getBytes(UTF_8)));
        return items;
    }

    @Test
    void whatSomebodyWaitsForGoesFirst() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(1, 0.25);
        dispatcher.add(bulk(items(fresh, 5)));
        WorkItem first = next();

        List<WorkItem> interactive = items(fresh, 2);
        dispatcher.add(interactive);

        end(first);
        WorkItem second = next();
        end(second);
        assertThat(List.of(second, next())).isEqualTo(interactive);
    }

    @Test
    void whatMayWaitGetsItsShareAndNoMoreWhileOthersWait() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(1, 0.25);
        dispatcher.add(items(fresh, 1));
        WorkItem last = next();
        List<WorkItem> bulk = bulk(items(fresh, 1_000));
        dispatcher.add(bulk);
        dispatcher.add(items(fresh, 1_000));
        assertThat(fresh.bulkWaiting()).isEqualTo(1_000);

        int begunBulk = 0;
        for (int i = 0; i < 500; i++) {
            end(last);
            last = next();
            begunBulk += bulk.contains(last) ? 1 : 0;
        }

        assertThat(begunBulk).isBetween(45, 55);
        assertThat(fresh.bulkWaiting()).isEqualTo(1_000 - begunBulk);
    }

    @Test
    void beginsNothingOfAPartitionOnItsWayOut() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(1, 0.25);
        dispatcher.add(items(fresh, 3));
        WorkItem first = next();
        fresh.stopAdmitting();

        end(first);
        dispatcher.add(items(retries, 1));

        assertThat(next().isRetry()).isTrue();
        assertThat(dispatcher.waiting()).isZero();
    }

    @Test
    void keepsNothingOfAFencedPartition() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(1, 0.25);
        dispatcher.add(items(fresh, 1));
        WorkItem first = next();
        dispatcher.add(items(fresh, 3));
        dispatcher.add(bulk(items(fresh, 3)));
        dispatcher.add(items(retries, 2));

        fresh.fence();
        dispatcher.dropFenced();
        dispatcher.add(items(fresh, 3));

        assertThat(dispatcher.waiting()).isEqualTo(2);
        end(first);
        assertThat(next().isRetry()).isTrue();
    }

    @Test
    void holdsNoRetryOfAFencedPartition() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(1, 0.25);
        AssignedPartition others = partition("pawline.detect.retry", true);
        try (RetryTimer timer = new RetryTimer(new TestingClock(), dispatcher, scheduler, "test")) {
            items(retries, 3)
                    .forEach(item ->
                            timer.hold(item, new TestingClock().instant().plusSeconds(3_600)));
            items(others, 2)
                    .forEach(item ->
                            timer.hold(item, new TestingClock().instant().plusSeconds(3_600)));

            retries.fence();
            timer.dropFenced();

            assertThat(timer.held()).isEqualTo(2);
        }
    }

    private Dispatcher dispatcher(int limit, double share) {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(
                Optional.empty(), limit, controls, new TestingClock(), scheduler::nanoTime, new Random());
        return new Dispatcher(
                limiter,
                new FairQueue("test", limiter, share, Fairness.EVEN, scheduler::nanoTime),
                scheduler.virtualThreads("test-"),
                scheduler::nanoTime,
                Optional.empty(),
                (item, permit) -> {
                    CountDownLatch end = new CountDownLatch(1);
                    running.put(item, end);
                    begun.add(item);
                    try {
                        end.await();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                },
                held::get,
                new StageMetrics(new SimpleMeterRegistry(), Stage.DETECT, new TestingClock()));
    }

    private WorkItem next() throws InterruptedException {
        return Objects.requireNonNull(begun.poll(30, TimeUnit.SECONDS), "nothing begins");
    }

    private void end(WorkItem item) {
        Objects.requireNonNull(running.remove(item)).countDown();
    }

    private static List<WorkItem> bulk(List<WorkItem> items) {
        items.forEach(item -> item.data().headers().add(RecordHeaders.PRIORITY, Routing.BULK.getBytes(UTF_8)));
        return items;
    }

    private static List<WorkItem> items(AssignedPartition partition, int count) {
        return LongStream.range(0, count)
                .mapToObj(offset -> new WorkItem(
                        partition, new ConsumerRecord<>(partition.name().topic(), 0, offset, new byte[0], new byte[0])))
                .toList();
    }

    private static AssignedPartition partition(String topic, boolean ofRetries) {
        return new AssignedPartition(new TopicPartition(topic, 0), ofRetries, null);
    }
}
