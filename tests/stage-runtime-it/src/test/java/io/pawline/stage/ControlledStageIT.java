package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.calledAndDescribed;
import static io.pawline.testkit.TestingRecords.calledInVain;
import static io.pawline.testkit.TestingRecords.finalStates;
import static io.pawline.testkit.TestingRecords.ledger;
import static io.pawline.testkit.TestingRecords.task;
import static io.pawline.testkit.TestingRecords.tasks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.controls.ControlPublisher;
import io.pawline.events.Billed;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.CallPhase;
import io.pawline.events.Ending;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingRecords;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows that a stage obeys the live controls, and records its calls in the ledger. */
class ControlledStageIT {

    private final List<StageRuntime<TaskAccepted>> started = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger calls = new AtomicInteger();
    private final ControlPublisher controlPublisher =
            new ControlPublisher(TestingKafka.connection(), TestingEvents.serializer(), Clock.systemUTC());

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(2);
    }

    @AfterEach
    void stopAll() {
        started.forEach(StageRuntime::close);
        controlPublisher.close();
    }

    @Test
    void aPausedStageBeginsNothingAfterARestartUntilItIsResumed() {
        controlPublisher.pause(Stage.DETECT, "operator", "the pictures are wrong");
        TestingKafka.send(tasks(20, "oil"));

        StageRuntime<TaskAccepted> first = start("one", this::counted);
        await().until(first::ready);
        await().during(Duration.ofSeconds(1)).until(() -> calls.get() == 0);
        first.close();
        StageRuntime<TaskAccepted> second = start("one", this::counted);
        await().until(second::ready);
        await().during(Duration.ofSeconds(1)).until(() -> calls.get() == 0);
        assertThat(gauge("pawline.stage.open")).isZero();

        controlPublisher.resume(Stage.DETECT, "operator", "fixed");

        awaitRecords("pawline.generate", 20);
        assertThat(gauge("pawline.stage.open")).isEqualTo(1);
    }

    @Test
    void beginsNothingBeforeItKnowsTheControls() throws InterruptedException, ExecutionException {
        TestingKafka.delete(Topics.CONTROL);
        TestingKafka.send(tasks(1, "oil"));

        start("one", this::counted);

        await().during(Duration.ofSeconds(3)).until(() -> calls.get() == 0);
        TestingKafka.create(Topics.CONTROL);
        awaitRecords("pawline.generate", 1);
    }

    @Test
    void whatMayWaitNoLongerEndsThoughItsStageIsPaused() {
        controlPublisher.pause(Stage.DETECT, "operator", "the pictures are wrong");
        TestingKafka.send(tasks(1, "oil"));
        TaskId late = TaskId.next();
        TestingKafka.send(List.of(task(late, "oil", Duration.ofSeconds(2))));

        start("one", this::counted);

        assertThat(finalStates(1)).satisfiesExactly(finalState -> {
            assertThat(finalState.getContext().getTaskId()).isEqualTo(late.toString());
            assertThat(finalState.getEnding()).isEqualTo(Ending.EXPIRED);
        });
        assertThat(calls).hasValue(0);
        controlPublisher.resume(Stage.DETECT, "operator", "fixed");
        awaitRecords("pawline.generate", 1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void followsALimitWhileItRuns() {
        CountDownLatch end = new CountDownLatch(1);
        TestingKafka.send(tasks(20, "oil"));
        start("one", (in, attempt) -> {
            calls.incrementAndGet();
            end.await();
            return calledAndDescribed(in, attempt);
        });
        await().until(() -> calls.get() == 4);

        controlPublisher.limit(Stage.DETECT, OptionalInt.of(7), "operator", "they can take more");

        await().until(() -> calls.get() == 7);
        assertThat(gauge("pawline.stage.limit")).isEqualTo(7);
        assertThat(gauge("pawline.stage.in.flight")).isEqualTo(7);
        end.countDown();
        awaitRecords("pawline.generate", 20);
    }

    @Test
    void aCancelledTaskIsNotPaidForAndEndsAsCancelled() {
        TaskId cancelled = TaskId.next();
        controlPublisher.cancel(cancelled, Instant.now().plusSeconds(3_600), "front end", "no longer wanted");
        TestingKafka.send(List.of(task(cancelled, "oil", Duration.ofHours(1))));
        TestingKafka.send(tasks(1, "oil"));

        start("one", this::counted);

        awaitRecords("pawline.generate", 1);
        assertThat(finalStates(1)).satisfiesExactly(finalState -> {
            assertThat(finalState.getContext().getTaskId()).isEqualTo(cancelled.toString());
            assertThat(finalState.getEnding()).isEqualTo(Ending.CANCELLED);
            assertThat(finalState.getReason()).contains("cancelled");
        });
        assertThat(calls).hasValue(1);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
    }

    @Test
    void aTaskCancelledBeforeItsCallIsNotPaidForThoughItsWorkHadBegun() {
        TaskId id = TaskId.next();
        TestingKafka.send(List.of(task(id, "oil", Duration.ofHours(1))));

        start("one", (in, attempt) -> {
            controlPublisher.cancel(id, Instant.now().plusSeconds(3_600), "front end", "no longer wanted");
            // A later control is read later: once the limit is in force, the stage knows of the cancellation.
            controlPublisher.limit(Stage.DETECT, OptionalInt.of(7), "operator", "they can take more");
            await().until(() -> gauge("pawline.stage.limit") == 7);
            return counted(in, attempt);
        });

        assertThat(finalStates(1).getFirst().getEnding()).isEqualTo(Ending.CANCELLED);
        assertThat(ledger()).isEmpty();
    }

    @Test
    void oneProcessThatIsAskedToWaitMakesAllOfThemWait() {
        Instant until = Instant.now().plusSeconds(8);
        ConcurrentLinkedQueue<Instant> moments = new ConcurrentLinkedQueue<>();
        Handler<TaskAccepted> handler = (in, attempt) -> {
            moments.add(Instant.now());
            return Instant.now().isBefore(until)
                    ? calledInVain(attempt, rateLimited(until))
                    : calledAndDescribed(in, attempt);
        };
        StageRuntime<TaskAccepted> one = start("one", handler);
        StageRuntime<TaskAccepted> other = start("other", handler);
        await().until(() -> one.ready() && other.ready());

        TestingKafka.send(tasks(20, "oil"));
        await().until(() -> !TestingKafka.records("pawline.control").isEmpty());
        await().during(Duration.ofMillis(500)).until(() -> gauge("pawline.stage.open") == 0);
        int refused = moments.size();
        TestingKafka.send(tasks(50, "oil"));

        awaitRecords("pawline.generate", 70);
        assertThat(moments.stream().filter(moment -> moment.isBefore(until))).hasSize(refused);
        assertThat(refused).as("before each process knew").isBetween(5, 16);
        assertThat(TestingKafka.records("pawline.control"))
                .as("one for each process at most")
                .hasSizeBetween(1, 2);
    }

    @Test
    void aStrayRetryAfterConcernsItsOwnTaskAlone() {
        Instant until = Instant.now().plusSeconds(3_600);
        Handler<TaskAccepted> handler = (in, attempt) -> calls.incrementAndGet() == 1
                ? calledInVain(attempt, rateLimited(until))
                : calledAndDescribed(in, attempt);

        TestingKafka.send(tasks(50, "oil"));
        start("one", handler);

        awaitRecords("pawline.generate", 49);
        assertThat(TestingKafka.records("pawline.control")).isEmpty();
        assertThat(TestingKafka.records("pawline.callback"))
                .as("no task has expired")
                .isEmpty();
        assertThat(TestingKafka.records("pawline.detect.retry")).hasSize(1);
    }

    @Test
    void beginsNoPaidCallThatTheLedgerCannotRecord() throws InterruptedException, ExecutionException {
        TestingKafka.configure(Topics.ATTEMPTS, "max.message.bytes", "10");
        TestingKafka.send(tasks(1, "oil"));

        start("one", this::callCounted);

        await().until(() -> gauge("pawline.stage.in.flight") == 1);
        await().during(Duration.ofSeconds(2)).until(() -> calls.get() == 0);
        TestingKafka.configure(Topics.ATTEMPTS, "max.message.bytes", "1000000");
        awaitRecords("pawline.generate", 1);
        assertThat(ledger()).extracting(CallAttempt::getMoment).containsExactly(CallMoment.START, CallMoment.END);
    }

    @Test
    void aTaskCancelledWhileTheLedgerWaitsIsNotPaidFor() throws InterruptedException, ExecutionException {
        TaskId id = TaskId.next();
        TestingKafka.configure(Topics.ATTEMPTS, "max.message.bytes", "10");
        TestingKafka.send(List.of(task(id, "oil", Duration.ofHours(1))));
        start("one", this::callCounted);
        await().until(() -> gauge("pawline.stage.in.flight") == 1);

        controlPublisher.cancel(id, Instant.now().plusSeconds(3_600), "front end", "no longer wanted");
        controlPublisher.limit(Stage.DETECT, OptionalInt.of(7), "operator", "they can take more");
        await().until(() -> gauge("pawline.stage.limit") == 7);
        TestingKafka.configure(Topics.ATTEMPTS, "max.message.bytes", "1000000");

        assertThat(finalStates(1).getFirst().getEnding()).isEqualTo(Ending.CANCELLED);
        assertThat(calls).hasValue(0);
        assertThat(ledger().getLast()).satisfies(end -> {
            assertThat(end.getMoment()).isEqualTo(CallMoment.END);
            assertThat(end.getBilled()).isEqualTo(Billed.NO);
            assertThat(end.getReason()).contains(Reason.CANCELLED.code());
        });
    }

    @Test
    void recordsACallBeforeItBeginsAndHowItEnded() {
        TestingKafka.send(tasks(1, "oil"));

        start(
                "one",
                (in, attempt) -> attempt.call(() -> {
                    assertThat(ledger()).hasSize(2 * attempt.number() - 1);
                    return attempt.number() == 1
                            ? new OutsideCall.Answer<>(
                                    new Outcome.Retry(Reason.PROVIDER_ERROR, "500"),
                                    new CallReport(
                                            Optional.of(Reason.PROVIDER_ERROR),
                                            CallPhase.DONE,
                                            Optional.of(500),
                                            Optional.of("InternalServiceError"),
                                            Optional.of("request-1"),
                                            Optional.empty()))
                            : new OutsideCall.Answer<>(
                                    TestingRecords.described(in), CallReport.succeeded(200, Optional.of("request-2")));
                }));

        awaitRecords("pawline.attempts", 4);
        List<CallAttempt> events = ledger();
        assertThat(events)
                .extracting(CallAttempt::getMoment)
                .containsExactly(CallMoment.START, CallMoment.END, CallMoment.START, CallMoment.END);
        assertThat(events.get(0).getCallId())
                .isEqualTo(events.get(1).getCallId())
                .isNotEqualTo(events.get(2).getCallId());
        assertThat(events.get(1).getOutcome()).contains(CallOutcome.FAILED);
        assertThat(events.get(1).getReason()).contains("provider_error");
        assertThat(events.get(1).getHttpStatus()).contains(500);
        assertThat(events.get(1).getProviderCode()).contains("InternalServiceError");
        assertThat(events.get(1).getRequestId()).contains("request-1");
        assertThat(events.get(1).getBilled()).isEqualTo(Billed.NO);
        assertThat(events.get(1).getCostMicros()).contains(0L);
        assertThat(events.get(3).getOutcome()).contains(CallOutcome.SUCCEEDED);
        assertThat(events.get(3).getAttempt()).isEqualTo(2);
        assertThat(events.get(3).getBilled()).isEqualTo(Billed.YES);
        assertThat(events.get(3).getCostMicros()).contains(250_000L);
        assertThat(events.get(3).getProvider()).isEqualTo(TestingStage.PROVIDER);
        assertThat(events.get(3).getDurationMillis().orElseThrow()).isNotNegative();
        assertThat(events).allSatisfy(event -> {
            assertThat(event.getInstance()).contains("one");
            assertThat(event.getInFlight()).contains(1);
            assertThat(event.getLimit()).isPresent();
            assertThat(event.getBreaker()).as("it has none").isEmpty();
        });
    }

    @Test
    void aCallThatThrowsIsOnTheRecordToo() {
        TestingKafka.send(tasks(1, "oil"));

        start("one", (in, attempt) -> {
            if (attempt.number() > 1) {
                return TestingRecords.described(in);
            }
            return attempt.<Outcome>call(() -> {
                throw new IllegalStateException("a bug");
            });
        });

        awaitRecords("pawline.generate", 1);
        assertThat(ledger().getLast().getReason()).contains("unclassified");
        assertThat(ledger().getLast().getBilled()).isEqualTo(Billed.UNKNOWN);
    }

    private Outcome counted(TaskAccepted in, Attempt attempt) throws InterruptedException {
        calls.incrementAndGet();
        return calledAndDescribed(in, attempt);
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private StageRuntime<TaskAccepted> start(String instance, Handler<TaskAccepted> handler) {
        meters.clear();
        StageRuntime<TaskAccepted> runtime = TestingStage.on(TestingKafka.connection())
                .instance(instance)
                .meters(meters)
                .runtime(handler);
        started.add(runtime);
        runtime.start();
        return runtime;
    }

    /** Counts the call itself, which begins only when all is looked at. */
    private Outcome callCounted(TaskAccepted in, Attempt attempt) throws InterruptedException {
        return attempt.call(() -> {
            calls.incrementAndGet();
            return new OutsideCall.Answer<>(
                    TestingRecords.described(in), CallReport.succeeded(200, Optional.of("request-1")));
        });
    }

    private static CallReport rateLimited(Instant until) {
        return new CallReport(
                Optional.of(Reason.RATE_LIMITED),
                CallPhase.DONE,
                Optional.of(429),
                Optional.empty(),
                Optional.empty(),
                Optional.of(until));
    }
}
