package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.DAY;
import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.finalStates;
import static io.pawline.testkit.TestingRecords.header;
import static io.pawline.testkit.TestingRecords.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.events.Ending;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StageRuntimeIT {

    private final List<StageRuntime<TaskAccepted>> started = new ArrayList<>();

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(2);
    }

    @AfterEach
    void stopAll() {
        started.forEach(StageRuntime::close);
    }

    @Test
    void passesTheResultToTheNextStageUnderTheSameKeyAndTrace() {
        TaskId id = TaskId.next();
        ProducerRecord<byte[], byte[]> task = task(id, "oil", DAY);
        task.headers().add(RecordHeaders.TRACEPARENT, "00-0af7-b7ad-01".getBytes(UTF_8));
        TestingKafka.send(List.of(task));

        start(4, (in, attempt) -> described(in));

        ConsumerRecord<byte[], byte[]> next =
                awaitRecords("pawline.generate", 1).getFirst();
        assertThat(new String(next.key(), UTF_8)).isEqualTo(id.toString());
        assertThat(header(next, RecordHeaders.TRACEPARENT)).isEqualTo("00-0af7-b7ad-01");
        PetDescribed event =
                TestingEvents.deserializer(PetDescribed.class).deserialize("pawline.generate", next.value());
        assertThat(event.getContext().getStyle()).isEqualTo("oil");
    }

    @Test
    void eachRecordCarriesItsPriorityAndAFinalStateItsReceiver() {
        TestingKafka.send(List.of(bulkTask("described"), bulkTask("rejected")));

        start(4, (in, attempt) -> {
            if (attempt.number() == 1) {
                return new Outcome.Retry(Reason.PROVIDER_ERROR, "answered 500");
            }
            return in.getContext().getStyle().equals("described")
                    ? described(in)
                    : new Outcome.Rejected(Reason.NO_PET, "no pet");
        });

        ConsumerRecord<byte[], byte[]> finalState =
                awaitRecords("pawline.callback", 1).getFirst();
        assertThat(Routing.isBulk(finalState.headers())).isTrue();
        assertThat(Routing.receiverQueue(finalState.headers())).isNotEmpty();
        ConsumerRecord<byte[], byte[]> next =
                awaitRecords("pawline.generate", 1).getFirst();
        assertThat(Routing.isBulk(next.headers())).isTrue();
        assertThat(Routing.receiverQueue(next.headers())).isEmpty();
        assertThat(TestingKafka.records("pawline.detect.retry"))
                .hasSize(2)
                .allMatch(retry -> Routing.isBulk(retry.headers()));
    }

    private static ProducerRecord<byte[], byte[]> bulkTask(String style) {
        TaskAccepted plain = TestingEvents.accepted(TaskId.next(), style, DAY);
        TaskContext context = TaskContext.newBuilder(plain.getContext())
                .setPriority(Routing.BULK)
                .setCallbackUrl("https://shop.example/hook")
                .build();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                "pawline.detect",
                context.getTaskId().getBytes(UTF_8),
                TestingEvents.serializer().serialize("pawline.detect", new TaskAccepted(context, plain.getPhoto())));
        Routing.put(record.headers(), Stage.DETECT, context);
        return record;
    }

    @Test
    void triesAgainLaterAndCountsTheAttempts() {
        TaskId id = TaskId.next();
        TestingKafka.send(List.of(task(id, "oil", DAY)));
        ConcurrentLinkedQueue<Integer> attempts = new ConcurrentLinkedQueue<>();

        start(4, (in, attempt) -> {
            attempts.add(attempt.number());
            return attempt.number() < 3 ? new Outcome.Retry(Reason.PROVIDER_ERROR, "answered 500") : described(in);
        });

        awaitRecords("pawline.generate", 1);
        assertThat(attempts).containsExactly(1, 2, 3);
        ConsumerRecord<byte[], byte[]> second =
                TestingKafka.records("pawline.detect.retry").getLast();
        assertThat(header(second, RecordHeaders.ATTEMPT)).isEqualTo("3");
        assertThat(header(second, RecordHeaders.REASON)).isEqualTo("provider_error");
        assertThat(second.headers().headers(RecordHeaders.ATTEMPT)).hasSize(1);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
    }

    @Test
    void doesNotTryBeforeTheMomentTheHandlerNamed() {
        TestingKafka.send(List.of(task(TaskId.next(), "oil", DAY)));
        ConcurrentLinkedQueue<Instant> moments = new ConcurrentLinkedQueue<>();

        start(4, (in, attempt) -> {
            moments.add(Instant.now());
            return attempt.number() == 1
                    ? new Outcome.Retry(
                            Reason.RATE_LIMITED, "answered 429", Instant.now().plusMillis(1_500))
                    : described(in);
        });

        awaitRecords("pawline.generate", 1);
        List<Instant> both = List.copyOf(moments);
        assertThat(Duration.between(both.get(0), both.get(1))).isGreaterThanOrEqualTo(Duration.ofMillis(1_490));
    }

    @Test
    void theLastAttemptIsFollowedByADeadLetterAndAFinalState() {
        TaskId id = TaskId.next();
        TestingKafka.send(List.of(task(id, "oil", DAY)));
        AtomicInteger attempts = new AtomicInteger();

        start(4, (in, attempt) -> {
            attempts.incrementAndGet();
            return new Outcome.Retry(Reason.READ_TIMEOUT, "no answer within 5 s");
        });

        ConsumerRecord<byte[], byte[]> deadLetter =
                awaitRecords("pawline.detect.dlt", 1).getFirst();
        assertThat(attempts).hasValue(3);
        assertThat(header(deadLetter, RecordHeaders.REASON)).isEqualTo("read_timeout");
        assertThat(header(deadLetter, RecordHeaders.ATTEMPT)).isEqualTo("3");
        assertThat(header(deadLetter, "kafka_dlt-original-topic")).isEqualTo("pawline.detect");
        assertThat(ByteBuffer.wrap(deadLetter
                                .headers()
                                .lastHeader("kafka_dlt-original-offset")
                                .value())
                        .getLong())
                .isZero();
        TaskFinished finalState = finalStates(1).getFirst();
        assertThat(finalState.getContext().getTaskId()).isEqualTo(id.toString());
        assertThat(finalState.getEnding()).isEqualTo(Ending.FAILED);
        assertThat(finalState.getReason()).contains("read_timeout");
        assertThat(finalState.getStage()).contains("detect");
    }

    @Test
    void rejectsAtOnceWhatNoRetryMends() {
        TestingKafka.send(List.of(task(TaskId.next(), "oil", DAY)));
        AtomicInteger attempts = new AtomicInteger();

        start(4, (in, attempt) -> {
            attempts.incrementAndGet();
            return new Outcome.Rejected(Reason.NO_PET, "a chair");
        });

        assertThat(finalStates(1).getFirst().getReason()).contains("no_pet");
        assertThat(attempts).hasValue(1);
        assertThat(TestingKafka.records("pawline.detect.retry")).isEmpty();
    }

    @Test
    void classesAHandlerThatThrowsAsUnclassifiedAndTriesAgain() {
        TestingKafka.send(List.of(task(TaskId.next(), "oil", DAY)));

        start(4, (in, attempt) -> {
            if (attempt.number() == 1) {
                throw new IllegalStateException("a bug");
            }
            return described(in);
        });

        awaitRecords("pawline.generate", 1);
        assertThat(header(TestingKafka.records("pawline.detect.retry").getFirst(), RecordHeaders.REASON))
                .isEqualTo("unclassified");
    }

    @Test
    void aRecordWhoseThreadDiesIsReadAgain() throws Exception {
        TestingKafka.send(List.of(task(TaskId.next(), "oil", DAY)));
        AtomicInteger calls = new AtomicInteger();
        CompletableFuture<Thread> dying = new CompletableFuture<>();

        StageRuntime<TaskAccepted> stage = start(4, (in, attempt) -> {
            if (calls.incrementAndGet() == 1) {
                dying.complete(Thread.currentThread());
                throw new OutOfMemoryError("of the machine, so no failure of the task");
            }
            return described(in);
        });

        // Awaitility would otherwise take the thread's death for its own, and so would the next test if it came so late
        await().dontCatchUncaughtExceptions()
                .until(() -> TestingKafka.records("pawline.generate").size() == 1);
        dying.get().join();
        assertThat(calls).hasValue(2);
        assertThat(stage.alive()).isTrue();
    }

    @Test
    void aPollThreadThatIsStuckIsNotAliveAndOneThatMovesAgainIs() {
        Semaphore free = new Semaphore(1);
        StageRuntime<TaskAccepted> stage = TestingStage.on(TestingKafka.connection())
                .drain(Duration.ofMillis(100))
                .clock(held(free))
                .runtime((in, _) -> described(in));
        started.add(stage);
        stage.start();
        await().until(stage::ready);
        Duration longestTurn = Duration.ofSeconds(3);
        assertThat(stage.alive(longestTurn)).isTrue();

        free.acquireUninterruptibly();
        await().until(() -> !stage.alive(longestTurn));
        assertThat(stage.alive()).as("a turn may take a minute").isTrue();

        free.release();
        await().until(() -> stage.alive(longestTurn));
    }

    /** Makes a clock that the poll thread can read only when it may. */
    private static Clock held(Semaphore free) {
        InstantSource time = () -> {
            if (Thread.currentThread().getName().endsWith("-poll")) {
                free.acquireUninterruptibly();
                free.release();
            }
            return Instant.now();
        };
        return time.withZone(ZoneOffset.UTC);
    }

    @Test
    void takesNothingOfATransactionThatWasAborted() {
        TaskId aborted = TaskId.next();
        TaskId committed = TaskId.next();
        Map<String, Object> upstream = new HashMap<>(TestingKafka.connection());
        upstream.put("transactional.id", "upstream");
        try (var producer = new KafkaProducer<>(upstream, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(inFirstPartition(task(aborted, "oil", DAY)));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            var _ = producer.send(inFirstPartition(task(committed, "oil", DAY)));
            producer.commitTransaction();
        }
        ConcurrentLinkedQueue<TaskId> calls = new ConcurrentLinkedQueue<>();

        start(1, (in, attempt) -> {
            calls.add(attempt.taskId());
            return described(in);
        });

        awaitRecords("pawline.generate", 1);
        assertThat(calls).containsExactly(committed);
    }

    private static ProducerRecord<byte[], byte[]> inFirstPartition(ProducerRecord<byte[], byte[]> task) {
        return new ProducerRecord<>(task.topic(), 0, task.key(), task.value());
    }

    @Test
    void undecodableBytesBecomeADeadLetterAndTheFrontEndIsNotified() {
        TaskId id = TaskId.next();
        byte[] junk = {0, 1, 2, 3, -1, -2};
        TestingKafka.send(List.of(
                new ProducerRecord<>("pawline.detect", 0, id.toString().getBytes(UTF_8), junk),
                new ProducerRecord<>("pawline.detect", 1, "no task id".getBytes(UTF_8), junk)));

        start(4, (in, attempt) -> described(in));

        assertThat(awaitRecords("pawline.detect.dlt", 2)).allSatisfy(deadLetter -> {
            assertThat(deadLetter.value()).isEqualTo(junk);
            assertThat(header(deadLetter, RecordHeaders.REASON)).isEqualTo("undecodable");
        });
        TaskFinished finalState = finalStates(1).getFirst();
        assertThat(finalState.getContext().getTaskId()).isEqualTo(id.toString());
        assertThat(finalState.getContext().getGeneration()).isZero();
    }

    @Test
    void startsNoPaidCallAfterTheDeadline() {
        TestingKafka.send(List.of(task(TaskId.next(), "oil", Duration.ofSeconds(-1))));
        AtomicInteger calls = new AtomicInteger();

        start(4, (in, attempt) -> {
            calls.incrementAndGet();
            return described(in);
        });

        assertThat(finalStates(1).getFirst().getEnding()).isEqualTo(Ending.EXPIRED);
        assertThat(calls).hasValue(0);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
    }

    @Test
    void aTaskThatRetriesUpToItsDeadlineSaysWhatFailed() {
        TestingKafka.send(List.of(task(TaskId.next(), "oil", Duration.ofSeconds(5))));

        start(
                4,
                (in, attempt) -> new Outcome.Retry(
                        Reason.RATE_LIMITED, "answered 429", Instant.now().plus(Duration.ofMinutes(5))));

        TaskFinished finalState = finalStates(1).getFirst();
        assertThat(finalState.getEnding()).isEqualTo(Ending.EXPIRED);
        assertThat(finalState.getDetail().orElseThrow()).contains("answered 429");
    }

    @Test
    void oneSlowCallDelaysNoOther() {
        CountDownLatch slow = new CountDownLatch(1);
        List<ProducerRecord<byte[], byte[]>> tasks = new ArrayList<>();
        tasks.add(task(TaskId.next(), "slow", DAY));
        IntStream.range(0, 50).forEach(_ -> tasks.add(task(TaskId.next(), "quick", DAY)));
        tasks.replaceAll(StageRuntimeIT::inFirstPartition);
        TestingKafka.send(tasks);

        start(4, (in, attempt) -> {
            if (in.getContext().getStyle().equals("slow")) {
                slow.await();
            }
            return described(in);
        });

        awaitRecords("pawline.generate", 50);
        slow.countDown();
        awaitRecords("pawline.generate", 51);
    }

    @Test
    void aSlowTwentiethOfTwoThousandCallsInFlightDelaysNoOther() {
        AtomicInteger inFlight = new AtomicInteger();
        CountDownLatch quick = new CountDownLatch(1);
        CountDownLatch slow = new CountDownLatch(1);
        TestingKafka.send(IntStream.range(0, 2_000)
                .mapToObj(i -> task(TaskId.next(), i % 20 == 0 ? "slow" : "quick", DAY))
                .map(StageRuntimeIT::inFirstPartition)
                .toList());

        start(2_000, (in, attempt) -> {
            inFlight.incrementAndGet();
            (in.getContext().getStyle().equals("slow") ? slow : quick).await();
            return described(in);
        });

        await().atMost(Duration.ofMinutes(1)).until(() -> inFlight.get() == 2_000);
        quick.countDown();
        assertThat(awaitRecords("pawline.generate", 1_900)).hasSize(1_900);
        TestingKafka.send(IntStream.range(0, 1_000)
                .mapToObj(_ -> task(TaskId.next(), "quick", DAY))
                .map(StageRuntimeIT::inFirstPartition)
                .toList());
        assertThat(awaitRecords("pawline.generate", 2_900)).hasSize(2_900);
        slow.countDown();
        assertThat(awaitRecords("pawline.generate", 3_000)).hasSize(3_000);
    }

    @Test
    void neverHandlesMoreAtOnceThanItsLimit() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        TestingKafka.send(IntStream.range(0, 60)
                .mapToObj(_ -> task(TaskId.next(), "oil", DAY))
                .toList());

        start(7, (in, attempt) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(10);
            now.decrementAndGet();
            return described(in);
        });

        awaitRecords("pawline.generate", 60);
        assertThat(most).hasValueLessThanOrEqualTo(7).hasValueGreaterThan(1);
    }

    @Test
    void finishesWhatIsUnderWayBeforeItStops() throws InterruptedException {
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        TestingKafka.send(List.of(task(TaskId.next(), "oil", DAY)));
        StageRuntime<TaskAccepted> stage = start(4, (in, attempt) -> {
            underWay.countDown();
            answer.await();
            return described(in);
        });
        underWay.await();

        Thread closing = Thread.ofVirtual().start(stage::close);
        await().until(() -> !stage.ready());
        answer.countDown();
        closing.join();

        assertThat(TestingKafka.records("pawline.generate")).hasSize(1);
    }

    @Test
    void takesUpOnlyWhatWasStillOpenWhenItsPredecessorGaveUp() {
        CountDownLatch never = new CountDownLatch(1);
        ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
        List<ProducerRecord<byte[], byte[]>> tasks = new ArrayList<>();
        tasks.add(task(TaskId.next(), "stuck", DAY));
        IntStream.range(0, 30).forEach(_ -> tasks.add(task(TaskId.next(), "quick", DAY)));
        tasks.replaceAll(StageRuntimeIT::inFirstPartition);
        TestingKafka.send(tasks);
        StageRuntime<TaskAccepted> first = start(4, Duration.ZERO, (in, attempt) -> {
            calls.add(in.getContext().getStyle());
            if (in.getContext().getStyle().equals("stuck")) {
                never.await();
            }
            return described(in);
        });
        awaitRecords("pawline.generate", 30);
        first.close();
        calls.clear();

        start(4, (in, attempt) -> {
            calls.add(in.getContext().getStyle());
            return described(in);
        });

        awaitRecords("pawline.generate", 31);
        assertThat(calls).containsExactly("stuck");
        never.countDown();
    }

    private StageRuntime<TaskAccepted> start(int maxInFlight, Handler<TaskAccepted> handler) {
        return start(maxInFlight, Duration.ofSeconds(20), handler);
    }

    private StageRuntime<TaskAccepted> start(int maxInFlight, Duration drain, Handler<TaskAccepted> handler) {
        StageRuntime<TaskAccepted> stage = TestingStage.on(TestingKafka.connection())
                .instance("test-" + started.size())
                .maxInFlight(maxInFlight)
                .drain(drain)
                .runtime(handler);
        started.add(stage);
        stage.start();
        return stage;
    }
}
