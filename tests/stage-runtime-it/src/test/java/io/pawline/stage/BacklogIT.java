package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.calledAndDescribed;
import static io.pawline.testkit.TestingRecords.calledInVain;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.task;
import static io.pawline.testkit.TestingRecords.tasks;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.controls.ControlPublisher;
import io.pawline.events.CallPhase;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.RealTimeProvider;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingRecords;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows what waits before a stage: how those who scale the stage see it, and how it is worked off. */
class BacklogIT {

    /** There are more than a partition's read-ahead, so that reading it stops meanwhile. */
    private static final int MANY = 3_000;

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final List<StageRuntime<TaskAccepted>> started = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stopAll() {
        started.forEach(StageRuntime::close);
    }

    @Test
    void theNetLagLeavesOutWhatIsCompletedBehindAStuckRecord() {
        CountDownLatch end = new CountDownLatch(1);
        TaskId stuck = TaskId.next();
        TestingKafka.send(List.of(task(stuck, "oil", TestingRecords.DAY)));
        TestingKafka.send(tasks(MANY - 1, "oil"));

        start(stage().maxInFlight(50), (in, attempt) -> {
            if (attempt.taskId().equals(stuck)) {
                end.await();
            }
            return calledAndDescribed(in, attempt);
        });

        awaitRecords("pawline.generate", MANY - 1);
        await().atMost(LONGEST).until(() -> gauge("pawline.stage.lag.net") == 1);
        assertThat(gauge("pawline.stage.lag")).isEqualTo(MANY);
        end.countDown();
        await().atMost(LONGEST).until(() -> gauge("pawline.stage.lag") == 0);
        assertThat(gauge("pawline.stage.lag.net")).isZero();
    }

    @Test
    void theLagCountsWhatIsNotReadYet() {
        CountDownLatch end = new CountDownLatch(1);
        TestingKafka.send(tasks(MANY, "oil"));

        start(stage(), (in, attempt) -> {
            end.await();
            return calledAndDescribed(in, attempt);
        });

        await().atMost(LONGEST).until(() -> gauge("pawline.stage.lag.net") == MANY);
        assertThat(gauge("pawline.stage.lag")).isEqualTo(MANY);
        end.countDown();
        awaitRecords("pawline.generate", MANY);
    }

    @Test
    void saysThatMoreProcessesWouldNotHelpWhileItsBreakerIsOpen() {
        AtomicBoolean works = new AtomicBoolean();
        TestingKafka.send(tasks(100, "oil"));

        start(
                stage().maxInFlight(20)
                        .breaker(new BreakerPolicy(65, 20, Duration.ofSeconds(3), Duration.ofSeconds(3))),
                (in, attempt) -> works.get()
                        ? calledAndDescribed(in, attempt)
                        : calledInVain(attempt, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT)));

        await().atMost(LONGEST).until(() -> gauge("pawline.stage.breaker") == 1);
        assertThat(gauge("pawline.stage.open")).isZero();
        // A process that is replaced for its provider's sake would not help either.
        assertThat(started.getFirst().ready()).isTrue();
        assertThat(started.getFirst().alive()).isTrue();
        works.set(true);
        awaitRecords("pawline.generate", 100);
        assertThat(gauge("pawline.stage.open")).isEqualTo(1);
    }

    @Test
    void afterAPauseWithManyTasksWaitingAFewCallsBeginAndThenAll() {
        AtomicInteger atWork = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        AtomicBoolean held = new AtomicBoolean();
        try (RealTimeProvider provider = new RealTimeProvider(100, Integer.MAX_VALUE, Duration.ofMillis(50));
                ControlPublisher controlPublisher = new ControlPublisher(
                        TestingKafka.connection(), TestingEvents.serializer(), Clock.systemUTC())) {
            start(stage().maxInFlight(60).adaptiveLimit(), (in, attempt) -> {
                atWork.incrementAndGet();
                return attempt.call(() -> {
                    var report = held.get() ? waitFor(end) : provider.call(Duration.ofMinutes(1));
                    return new OutsideCall.Answer<>(described(in), report);
                });
            });
            TestingKafka.send(tasks(MANY, "oil"));
            await().atMost(LONGEST).until(() -> gauge("pawline.stage.limit") >= 40);
            controlPublisher.pause(Stage.DETECT, "operator", "maintenance of theirs");
            await().atMost(LONGEST)
                    .until(() -> gauge("pawline.stage.open") == 0 && gauge("pawline.stage.in.flight") == 0);
            TestingKafka.send(tasks(MANY, "oil"));
            await().atMost(LONGEST).until(() -> gauge("pawline.stage.permits.waiting") > 500);
            held.set(true);
            atWork.set(0);

            controlPublisher.resume(Stage.DETECT, "operator", "they are ready");

            await().atMost(LONGEST).until(() -> atWork.get() > 0);
            await().during(Duration.ofSeconds(1)).atMost(LONGEST).until(() -> atWork.get() <= 4);
            held.set(false);
            end.countDown();
            awaitRecords("pawline.generate", 2 * MANY);
        }
    }

    @Test
    void aTaskThatSomebodyWaitsForPassesABacklogOfThoseThatMayWait() {
        CountDownLatch begin = new CountDownLatch(1);
        List<String> begun = new CopyOnWriteArrayList<>();
        List<ProducerRecord<byte[], byte[]>> backlog = tasks(MANY, "bulk");
        backlog.forEach(task -> task.headers().add(RecordHeaders.PRIORITY, Routing.BULK.getBytes(UTF_8)));
        TestingKafka.send(backlog);
        TestingKafka.send(tasks(1, "interactive"));

        start(stage().maxInFlight(4), (in, attempt) -> {
            begin.await();
            begun.add(in.getContext().getStyle());
            return calledAndDescribed(in, attempt);
        });
        await().atMost(LONGEST).until(() -> gauge("pawline.stage.permits.waiting") == MANY + 1 - 4);
        begin.countDown();

        awaitRecords("pawline.generate", MANY + 1);
        assertThat(begun.indexOf("interactive")).isBetween(0, 20);
    }

    private static CallReport waitFor(CountDownLatch end) throws InterruptedException {
        end.await();
        return CallReport.succeeded(200, Optional.empty());
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private static TestingStage stage() {
        return TestingStage.on(TestingKafka.connection());
    }

    private void start(TestingStage stage, Handler<TaskAccepted> handler) {
        StageRuntime<TaskAccepted> runtime =
                stage.instance("backlog").meters(meters).runtime(handler);
        started.add(runtime);
        runtime.start();
    }
}
