package io.pawline.stage;

import static io.pawline.testkit.RunningStages.awaitJoining;
import static io.pawline.testkit.RunningStages.awaitMembers;
import static io.pawline.testkit.RunningStages.awaitPublishedOnce;
import static io.pawline.testkit.RunningStages.calling;
import static io.pawline.testkit.RunningStages.calls;
import static io.pawline.testkit.RunningStages.described;
import static io.pawline.testkit.RunningStages.orphans;
import static io.pawline.testkit.RunningStages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.controls.ControlPublisher;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.testkit.RunningStages;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lets partitions come and go while work is under way. A class for each of Kafka's group protocols runs it. */
abstract class RebalanceIT {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int PARTITIONS = 4;

    private final GroupProtocol protocol;
    private final RunningStages stages;
    /** Is opened at a test's end, so that no thread outlives it. */
    private final CountDownLatch over = new CountDownLatch(1);

    RebalanceIT(GroupProtocol protocol) {
        this.protocol = protocol;
        this.stages = new RunningStages(protocol);
    }

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(PARTITIONS);
    }

    @AfterEach
    void end() {
        over.countDown();
        stages.close();
    }

    @Test
    void retriesGoOnIfTheirPartitionReturnsBeforeTheyAreDue() {
        AtomicInteger failed = new AtomicInteger();
        Handler<TaskAccepted> handler = (in, attempt) -> {
            if (attempt.number() > 1) {
                return described(in);
            }
            failed.incrementAndGet();
            return new Outcome.Retry(
                    Reason.RATE_LIMITED, "answered 429", Instant.now().plusSeconds(6));
        };
        stages.start("one", handler);
        List<String> ids = send(40, PARTITIONS);
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.retries.held") == 40);

        stages.start("other", handler);
        awaitMembers(2);
        stages.stop("other");
        awaitMembers(1);

        awaitPublishedOnce(ids);
        assertThat(failed).hasValue(40);
        stages.awaitNothingInFlight();
        stages.assertNoSessionEnded();
    }

    @Test
    void aPartitionThatWasPausedForBeingFullGoesOnWhenItReturns() {
        Semaphore answers = new Semaphore(0);
        Handler<TaskAccepted> handler = calling(_ -> answers.acquire());
        UnaryOperator<TestingStage> small = stage -> stage.maxInFlight(20).drain(Duration.ofMillis(200));
        stages.start("one", small, handler);
        // This is more than is read ahead of each partition: 1,020, and with them what else a poll has brought.
        List<String> ids = send(PARTITIONS * 1_700, PARTITIONS);
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.permits.waiting") > 4_000);
        await().during(Duration.ofSeconds(1))
                .until(() -> stages.gauge("one", "pawline.stage.permits.waiting") <= PARTITIONS * (1_020 + 500));

        stages.start("other", small, handler);
        awaitMembers(2);
        stages.stop("other");
        awaitMembers(1);
        answers.release(1_000_000);

        awaitPublishedOnce(ids);
        stages.awaitNothingInFlight();
    }

    @Test
    void partitionsThatArriveWhileTheBreakerIsOpenWaitUntilItCloses() {
        AtomicBoolean down = new AtomicBoolean(true);
        AtomicBoolean calledWhileOpen = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        Handler<TaskAccepted> handler = (in, attempt) -> attempt.call(() -> {
            calls.incrementAndGet();
            if (stages.gauge("one", "pawline.stage.breaker") == 1) {
                calledWhileOpen.set(true);
            }
            return down.get()
                    ? new OutsideCall.Answer<>(
                            new Outcome.Retry(Reason.PROVIDER_ERROR, "answered 500"),
                            CallReport.refused(Reason.PROVIDER_ERROR, 500))
                    : new OutsideCall.Answer<>(described(in), CallReport.succeeded(200, Optional.of("id")));
        });
        RetryPolicy patient = new RetryPolicy(100, Duration.ofHours(1), Duration.ofMillis(100), Duration.ofMillis(500));
        CountDownLatch otherStops = new CountDownLatch(1);
        stages.start(
                "one",
                stage -> stage.maxInFlight(1)
                        .retry(patient)
                        .breaker(new BreakerPolicy(50, 4, Duration.ofSeconds(10), Duration.ofSeconds(10))),
                handler);
        stages.start("other", stage -> stage.maxInFlight(1).drain(Duration.ZERO), (_, _) -> {
            otherStops.await();
            throw new InterruptedException();
        });
        awaitMembers(2);
        List<String> ids = send(24, PARTITIONS);
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.breaker") == 1);
        int before = calls.get();

        stages.stop("other");
        awaitMembers(1);
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.permits.waiting") >= 20);
        assertThat(stages.gauge("one", "pawline.stage.breaker"))
                .as("still open")
                .isEqualTo(1);
        assertThat(calls).hasValue(before);
        down.set(false);

        awaitPublishedOnce(ids);
        otherStops.countDown();
        assertThat(calledWhileOpen).isFalse();
    }

    @Test
    void partitionsThatArriveDuringAPauseWaitUntilItIsOver() {
        AtomicBoolean paused = new AtomicBoolean();
        Set<String> calledWhilePaused = ConcurrentHashMap.newKeySet();
        Handler<TaskAccepted> handler = calling(task -> {
            if (paused.get()) {
                calledWhilePaused.add(task);
            }
        });
        stages.start("one", handler);
        stages.start("other", handler);
        awaitMembers(2);
        try (ControlPublisher controlPublisher =
                new ControlPublisher(TestingKafka.connection(), TestingEvents.serializer(), Clock.systemUTC())) {
            controlPublisher.pause(Stage.DETECT, "ann", "bad pictures");
            for (String instance : List.of("one", "other")) {
                await().atMost(LONG).until(() -> stages.gauge(instance, "pawline.stage.open") == 0);
            }
            paused.set(true);
            List<String> ids = send(40, PARTITIONS);

            stages.stop("other");
            awaitMembers(1);
            await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.permits.waiting") == 40);
            assertThat(calls()).isEmpty();
            paused.set(false);
            controlPublisher.resume(Stage.DETECT, "ann", "fixed");

            awaitPublishedOnce(ids);
            assertThat(calledWhilePaused).isEmpty();
        }
    }

    @Test
    void whatEndsWithinTheDrainTimeIsKeptAndNotRepeated() {
        Semaphore answers = new Semaphore(0);
        stages.start("one", stage -> stage.maxInFlight(40), calling(_ -> answers.acquire()));
        List<String> ids = send(40, PARTITIONS);
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.in.flight") == 40);

        stages.start("other", calling(_ -> {}));
        awaitJoining(2);
        answers.release(40);

        awaitPublishedOnce(ids);
        assertThat(calls())
                .hasSize(40)
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
        assertThat(orphans()).isEmpty();
        awaitMembers(2);
        stages.awaitNothingInFlight();
        stages.assertNoSessionEnded();
    }

    @Test
    void whatEndsAfterTheDrainTimeIsDroppedAndRecorded() {
        CountDownLatch answered = new CountDownLatch(1);
        stages.start(
                "one", stage -> stage.maxInFlight(40).drain(Duration.ofMillis(300)), calling(_ -> answered.await()));
        List<String> ids = send(40, PARTITIONS);
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.in.flight") == 40);

        stages.start("other", calling(_ -> {}));
        awaitMembers(2);
        await().atMost(LONG).until(() -> !RunningStages.published().isEmpty());
        answered.countDown();

        awaitPublishedOnce(ids);
        await().atMost(LONG).untilAsserted(() -> assertThat(orphans().keySet()).isEqualTo(repeated()));
        assertThat(orphans()).isNotEmpty();
        assertThat(calls().values()).allSatisfy(times -> assertThat(times).isLessThanOrEqualTo(2));
        stages.awaitNothingInFlight();
        stages.assertNoSessionEnded();
        awaitPublishedOnce(ids);
    }

    @Test
    void aMemberThatTheGroupHasLostPublishesNothingOfWhatItHad() {
        Map<String, AtomicInteger> begun = new ConcurrentHashMap<>();
        CountDownLatch second = new CountDownLatch(20);
        List<String> ids = send(20, PARTITIONS);
        stages.start("one", stage -> stage.maxInFlight(40), calling(task -> {
            if (begun.computeIfAbsent(task, _ -> new AtomicInteger()).incrementAndGet() == 1) {
                second.await();
            } else {
                second.countDown();
            }
        }));
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.in.flight") == 20);

        RunningStages.removeAllMembers();

        awaitPublishedOnce(ids);
        await().atMost(LONG).untilAsserted(() -> assertThat(orphans()).hasSize(20));
        assertThat(begun).allSatisfy((_, times) -> assertThat(times).hasValue(2));
        stages.awaitNothingInFlight();
        stages.assertNoSessionEnded();
        awaitPublishedOnce(ids);
    }

    /** The commits of the member come with a membership that is over. */
    @Test
    void aMemberThatDrainsForTooLongPublishesNothingOfWhatItHad() {
        CountDownLatch second = new CountDownLatch(1);
        Duration untilItIsLost = protocol == GroupProtocol.CLASSIC ? Duration.ofSeconds(14) : Duration.ofSeconds(5);
        stages.start(
                "one",
                Map.of("max.poll.interval.ms", 2_000),
                stage -> stage.maxInFlight(40).drain(untilItIsLost),
                calling(_ -> second.await()));
        List<String> ids = send(20, PARTITIONS);
        await().atMost(LONG).until(() -> stages.gauge("one", "pawline.stage.in.flight") == 20);

        stages.start("other", stage -> stage.maxInFlight(40), calling(_ -> second.countDown()));

        awaitPublishedOnce(ids);
        await().atMost(LONG).untilAsserted(() -> assertThat(orphans().keySet()).isEqualTo(repeated()));
        assertThat(orphans()).isNotEmpty();
        awaitMembers(2);
        stages.awaitNothingInFlight();
        stages.assertNoSessionEnded();
        awaitPublishedOnce(ids);
    }

    @Test
    void processesThatComeAndGoLoseRepeatAndDoubleNothing() throws InterruptedException {
        Handler<TaskAccepted> handler =
                calling(_ -> Thread.sleep(ThreadLocalRandom.current().nextInt(5, 100)));
        UnaryOperator<TestingStage> busy = stage -> stage.maxInFlight(8);
        stages.start("p0", busy, handler);
        List<String> ids = send(1_200, PARTITIONS);
        for (int round = 1; round <= 5; round++) {
            stages.start("p" + round, busy, handler);
            awaitJoining(2);
            Thread leaving = Thread.ofVirtual().start(leave("p" + (round - 1)));
            if (round % 2 == 0) {
                awaitMembers(1);
            }
            leaving.join();
        }

        awaitPublishedOnce(ids);
        assertThat(calls())
                .hasSize(1_200)
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
        assertThat(orphans()).isEmpty();
        stages.awaitNothingInFlight();
        stages.assertNoSessionEnded();
    }

    @Test
    void drainsOnceWhenItStops() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        stages.start("one", stage -> stage.drain(Duration.ofMillis(500)), calling(_ -> {
            called.countDown();
            over.await();
        }));
        send(1, PARTITIONS);
        called.await();

        stages.stop("one");

        assertThat(stages.logged("calls still under way after the drain time")).isEqualTo(1);
    }

    private Runnable leave(String instance) {
        return () -> stages.stop(instance);
    }

    private static Set<String> repeated() {
        Set<String> tasks = ConcurrentHashMap.newKeySet();
        calls().forEach((task, times) -> {
            if (times > 1) {
                tasks.add(task);
            }
        });
        return tasks;
    }
}
