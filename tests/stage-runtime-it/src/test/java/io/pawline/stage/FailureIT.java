package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.DAY;
import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.calledAndDescribed;
import static io.pawline.testkit.TestingRecords.calledInVain;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.finalStates;
import static io.pawline.testkit.TestingRecords.header;
import static io.pawline.testkit.TestingRecords.task;
import static io.pawline.testkit.TestingRecords.tasks;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.events.CallPhase;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows what becomes of records that fail, and of those beside them. */
class FailureIT {

    private static final Reason[] COUNTED = {Reason.PROVIDER_ERROR, Reason.READ_TIMEOUT, Reason.CONNECTION_LOST};

    private final List<StageRuntime<TaskAccepted>> started = new ArrayList<>();

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stopAll() {
        started.forEach(StageRuntime::close);
    }

    @Test
    void countsTheAttemptsOfRecordsThatFailSideBySideExactly() {
        TaskId one = TaskId.next();
        TaskId other = TaskId.next();
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>(tasks(20, "good"));
        all.add(7, task(one, "bad", DAY));
        all.add(8, task(other, "bad", DAY));
        TestingKafka.send(all);
        Map<TaskId, AtomicInteger> attempts = new ConcurrentHashMap<>();

        start(stage(), (in, attempt) -> {
            attempts.computeIfAbsent(attempt.taskId(), _ -> new AtomicInteger()).incrementAndGet();
            return in.getContext().getStyle().equals("bad")
                    ? new Outcome.Retry(Reason.PROVIDER_ERROR, "500")
                    : described(in);
        });

        awaitRecords("pawline.detect.dlt", 2);
        assertThat(awaitRecords("pawline.generate", 20)).hasSize(20);
        assertThat(attempts.get(one)).hasValue(3);
        assertThat(attempts.get(other)).hasValue(3);
        assertThat(attempts.values().stream().mapToInt(AtomicInteger::get).sum())
                .isEqualTo(26);
    }

    @Test
    void aHandlerIsNotifiedWhenItsNextAttemptIsDue() {
        TestingKafka.send(tasks(1, "oil"));
        List<Optional<Instant>> next = new CopyOnWriteArrayList<>();

        start(stage(), (in, attempt) -> {
            attempt.whenSettled(due -> {
                next.add(due);
                throw new IllegalStateException("a bug of the handler");
            });
            return attempt.number() == 1 ? new Outcome.Retry(Reason.PROVIDER_ERROR, "500") : described(in);
        });

        awaitRecords("pawline.generate", 1);
        var retry = awaitRecords("pawline.detect.retry", 1).getFirst();
        Instant due = Instant.ofEpochMilli(Long.parseLong(requireNonNull(header(retry, RecordHeaders.NOT_BEFORE))));
        assertThat(next).containsExactly(Optional.of(due), Optional.empty());
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
    }

    @Test
    void doesNotCountAgainstATaskThatItsProviderIsBusy() {
        TestingKafka.send(tasks(1, "oil"));

        start(
                stage(),
                (in, attempt) -> attempt.number() <= 8
                        ? new Outcome.Retry(Reason.OVERLOADED, "429", Instant.now())
                        : described(in));

        awaitRecords("pawline.generate", 1);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
    }

    @Test
    void countsEveryFailureThatMayHaveCostMoney() {
        TestingKafka.send(tasks(1, "oil"));
        AtomicInteger paid = new AtomicInteger();

        start(
                stage(),
                (in, attempt) -> attempt.call(() -> {
                    paid.incrementAndGet();
                    return new OutsideCall.Answer<>(
                            new Outcome.Retry(Reason.STORAGE_UNAVAILABLE, "the store is away"),
                            CallReport.succeeded(200, Optional.of("request")));
                }));

        awaitRecords("pawline.detect.dlt", 1);
        assertThat(paid).hasValue(3);
    }

    @Test
    void countsFailuresOfDifferentScopesByThemselves() {
        TestingKafka.send(tasks(1, "oil"));
        AtomicInteger attempts = new AtomicInteger();

        start(stage(), (in, attempt) -> {
            attempts.incrementAndGet();
            return new Outcome.Retry(COUNTED[attempt.number() % COUNTED.length], "failed");
        });

        var deadLetter = awaitRecords("pawline.detect.dlt", 1).getFirst();
        assertThat(header(deadLetter, RecordHeaders.FAILURES)).isEqualTo("timeout=2,provider=3");
        assertThat(attempts).hasValue(5);
    }

    @Test
    void theTasksOfAProviderThatAlwaysFailsWaitWithTheirAttempts() {
        AtomicBoolean works = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        TestingKafka.send(tasks(400, "oil"));

        start(
                stage().maxInFlight(20)
                        .breaker(new BreakerPolicy(65, 20, Duration.ofMillis(300), Duration.ofMillis(600))),
                (in, attempt) -> {
                    calls.incrementAndGet();
                    return works.get()
                            ? calledAndDescribed(in, attempt)
                            : calledInVain(attempt, CallReport.died(Reason.PROVIDER_ERROR, CallPhase.WAIT));
                });
        await().until(() -> calls.get() >= 40);
        int whileItFailed = calls.get();
        works.set(true);

        assertThat(awaitRecords("pawline.generate", 400)).hasSize(400);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
        // There are the calls that opened it, those in flight then, and three probes at a time. Without it, there are 3
        // times 400.
        assertThat(whileItFailed).isLessThan(60);
    }

    @Test
    void noTaskIsLostWhileAnAccountIsRefused() {
        AtomicBoolean paid = new AtomicBoolean();
        TestingKafka.send(tasks(200, "oil"));

        start(
                stage().maxInFlight(4)
                        .breaker(new BreakerPolicy(65, 20, Duration.ofMillis(300), Duration.ofMillis(600))),
                (in, attempt) -> paid.get()
                        ? calledAndDescribed(in, attempt)
                        : calledInVain(attempt, CallReport.refused(Reason.BILLING, 403)));
        await().until(() -> TestingKafka.records("pawline.detect.retry").size() >= 3);
        paid.set(true);

        awaitRecords("pawline.generate", 200);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
    }

    @Test
    void aResultTooLargeForItsTopicFailsItsTaskAndNoOther() {
        TestingKafka.send(tasks(10, "small"));
        TaskId large = TaskId.next();
        TestingKafka.send(List.of(task(large, "large", DAY)));
        TestingKafka.send(tasks(10, "small"));

        start(
                stage(),
                (in, attempt) -> in.getContext().getStyle().equals("large")
                        ? Outcome.done(
                                Stage.GENERATE,
                                PetDescribed.newBuilder()
                                        .setContext(in.getContext())
                                        .setDescription("x".repeat(2_000_000))
                                        .build())
                        : described(in));

        assertThat(awaitRecords("pawline.generate", 20)).hasSize(20);
        TaskFinished finalState = finalStates(1).getFirst();
        assertThat(finalState.getContext().getTaskId()).isEqualTo(large.toString());
        assertThat(finalState.getReason()).contains("unclassified");
        assertThat(finalState.getDetail().orElseThrow()).contains("larger than the topic takes");
        assertThat(awaitRecords("pawline.detect.dlt", 1)).hasSize(1);
    }

    @Test
    void theLargestRecordOfTheWorkTopicStillFitsAsADeadLetter() {
        byte[] junk = new byte[1024 * 1024 - 200];
        TestingKafka.send(List.of(
                new ProducerRecord<>("pawline.detect", TaskId.next().toString().getBytes(UTF_8), junk)));

        start(stage(), (in, attempt) -> described(in));

        assertThat(awaitRecords("pawline.detect.dlt", 1).getFirst().value()).isEqualTo(junk);
    }

    @Test
    void aRecordThatNoTopicTakesStaysOpenAndHoldsUpNoOther() throws Exception {
        TestingKafka.configure("pawline.detect.dlt", "max.message.bytes", "2000");
        byte[] junk = new byte[5_000];
        TestingKafka.send(List.of(
                new ProducerRecord<>("pawline.detect", TaskId.next().toString().getBytes(UTF_8), junk)));
        TestingKafka.send(tasks(20, "oil"));

        start(stage(), (in, attempt) -> described(in));

        assertThat(awaitRecords("pawline.generate", 20)).hasSize(20);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
        assertThat(TestingKafka.committed("pawline.detect")).isZero();
        TestingKafka.configure("pawline.detect.dlt", "max.message.bytes", "1000000");
        assertThat(awaitRecords("pawline.detect.dlt", 1).getFirst().value()).isEqualTo(junk);
        await().until(() -> TestingKafka.committed("pawline.detect") >= 21);
    }

    @Test
    void aRecordStaysOpenUntilItsDeadLetterCanBeWritten() throws Exception {
        TestingKafka.delete("pawline.detect.dlt");
        TestingKafka.send(tasks(1, "bad"));
        AtomicInteger calls = new AtomicInteger();

        start(stage(), (in, attempt) -> {
            calls.incrementAndGet();
            return new Outcome.Rejected(Reason.NO_PET, "a chair");
        });

        await().until(() -> calls.get() == 1);
        await().during(Duration.ofSeconds(2))
                .until(() -> TestingKafka.committed("pawline.detect") == 0
                        && TestingKafka.records("pawline.callback").isEmpty());
        TestingKafka.create("pawline.detect.dlt");
        assertThat(awaitRecords("pawline.detect.dlt", 1)).hasSize(1);
        assertThat(finalStates(1)).hasSize(1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void aDeadlineInAHeaderExpiresNothingWhereNoCallIsPaid() {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        List<ProducerRecord<byte[], byte[]>> tasks = tasks(2, "oil").stream()
                .map(task -> new ProducerRecord<>(Stage.FINALIZE.workTopic(), 0, task.key(), task.value()))
                .toList();
        tasks.forEach(task -> task.headers().add(RecordHeaders.DEADLINE, "1".getBytes(UTF_8)));
        TestingKafka.send(tasks);
        StageRuntime<TaskAccepted> finalize = stage().maxInFlight(1)
                .of(Stage.FINALIZE)
                .runtime((in, attempt) -> {
                    calls.incrementAndGet();
                    end.await();
                    return Outcome.done();
                });
        started.add(finalize);

        finalize.start();

        await().until(() -> calls.get() == 1);
        // Records that wait are looked at once a second
        await().during(Duration.ofMillis(2_500))
                .until(() -> TestingKafka.records("pawline.callback").isEmpty());
        end.countDown();
        await().until(() -> calls.get() == 2);
    }

    @Test
    void aTopicThatCannotBeWrittenHoldsNoOtherRecords() throws Exception {
        TestingKafka.delete("pawline.detect.dlt");
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>(tasks(5, "bad"));
        all.addAll(tasks(50, "oil"));
        TestingKafka.send(all);
        AtomicInteger calls = new AtomicInteger();

        start(stageThatWaitsForATopic(Duration.ofSeconds(2)).maxInFlight(20), (in, attempt) -> {
            calls.incrementAndGet();
            return in.getContext().getStyle().equals("bad")
                    ? new Outcome.Rejected(Reason.NO_PET, "a chair")
                    : described(in);
        });

        assertThat(awaitRecords("pawline.generate", 50)).hasSize(50);
        TestingKafka.send(tasks(50, "oil"));
        assertThat(awaitRecords("pawline.generate", 100)).hasSize(100);
        assertThat(TestingKafka.records("pawline.callback")).isEmpty();
        TestingKafka.create("pawline.detect.dlt");
        assertThat(awaitRecords("pawline.detect.dlt", 5)).hasSize(5);
        assertThat(finalStates(5)).hasSize(5);
        assertThat(calls).as("no call is repeated").hasValue(105);
    }

    @Test
    void whileNothingCanBeCommittedNoMoreIsPaidForThanOneKillMayCost() throws Exception {
        TestingKafka.delete("pawline.generate");
        TestingKafka.send(tasks(400, "oil"));
        AtomicInteger calls = new AtomicInteger();

        start(stage().maxInFlight(20), (in, attempt) -> {
            calls.incrementAndGet();
            return calledAndDescribed(in, attempt);
        });

        await().atMost(Duration.ofMinutes(1)).until(() -> calls.get() >= 100);
        await().during(Duration.ofSeconds(1)).atMost(Duration.ofMinutes(1)).until(() -> calls.get() < 100 + 20);
        TestingKafka.create("pawline.generate");
        assertThat(awaitRecords("pawline.generate", 400)).hasSize(400);
        assertThat(calls).hasValue(400);
    }

    /** The test waits for the offset here: a consumer that began without the topic looks for it seldom. */
    @Test
    void aRecordStaysOpenUntilItsRetryCanBeWritten() throws Exception {
        TestingKafka.delete("pawline.detect.retry");
        TestingKafka.send(tasks(1, "bad"));
        AtomicInteger calls = new AtomicInteger();

        start(stage(), (in, attempt) -> {
            calls.incrementAndGet();
            return new Outcome.Retry(Reason.OVERLOADED, "429", Instant.now().plusSeconds(3_600));
        });

        await().until(() -> calls.get() == 1);
        await().during(Duration.ofSeconds(2)).until(() -> TestingKafka.committed("pawline.detect") == 0);
        TestingKafka.create("pawline.detect.retry");
        assertThat(awaitRecords("pawline.detect.retry", 1)).hasSize(1);
        await().atMost(Duration.ofMinutes(1)).until(() -> TestingKafka.committed("pawline.detect") == 1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void aRetryThatWaitsForMinutesDelaysNoneThatIsDueSooner() {
        Map<String, Instant> due = new ConcurrentHashMap<>();
        Map<String, Instant> done = new ConcurrentHashMap<>();
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>(tasks(200, "minutes"));
        all.addAll(tasks(200, "second"));
        TestingKafka.send(all);

        start(stage().maxInFlight(50), (in, attempt) -> {
            String id = attempt.taskId().toString();
            if (attempt.number() == 1) {
                Instant notBefore = Instant.now()
                        .plus(
                                in.getContext().getStyle().equals("minutes")
                                        ? Duration.ofMinutes(5)
                                        : Duration.ofSeconds(1));
                due.put(id, notBefore);
                return new Outcome.Retry(Reason.OVERLOADED, "429", notBefore);
            }
            done.put(id, Instant.now());
            return described(in);
        });

        awaitRecords("pawline.generate", 200);
        assertThat(done).hasSize(200);
        assertThat(done).allSatisfy((id, at) -> {
            // The header holds milliseconds.
            assertThat(at).isAfter(requireNonNull(due.get(id)).minusMillis(1));
            assertThat(at).isBefore(requireNonNull(due.get(id)).plusSeconds(30));
        });
    }

    @Test
    void aRestartKeepsEveryRetryThatWaitedAndItsTime() {
        Map<TaskId, Instant> due = new ConcurrentHashMap<>();
        TestingKafka.send(tasks(300, "oil"));
        StageRuntime<TaskAccepted> first = start(stage().maxInFlight(50), (in, attempt) -> {
            Instant notBefore = Instant.now().plusSeconds(6);
            due.put(attempt.taskId(), notBefore);
            return new Outcome.Retry(Reason.OVERLOADED, "429", notBefore);
        });
        awaitRecords("pawline.detect.retry", 300);
        first.close();
        List<String> early = new ArrayList<>();

        start(stage().maxInFlight(50), (in, attempt) -> {
            if (Instant.now().isBefore(requireNonNull(due.get(attempt.taskId())).minusMillis(1))) {
                early.add(attempt.taskId().toString());
            }
            return described(in);
        });

        assertThat(awaitRecords("pawline.generate", 300)).hasSize(300);
        assertThat(early).isEmpty();
    }

    /** A topic that could not be written is tried again after three times as long. */
    private static TestingStage stageThatWaitsForATopic(Duration longest) {
        Map<String, Object> connection = new HashMap<>(TestingKafka.connection());
        connection.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) longest.toMillis());
        return TestingStage.on(connection);
    }

    private static TestingStage stage() {
        return TestingStage.on(TestingKafka.connection());
    }

    private StageRuntime<TaskAccepted> start(TestingStage stage, Handler<TaskAccepted> handler) {
        StageRuntime<TaskAccepted> runtime =
                stage.instance("failing-" + started.size()).runtime(handler);
        started.add(runtime);
        runtime.start();
        return runtime;
    }
}
