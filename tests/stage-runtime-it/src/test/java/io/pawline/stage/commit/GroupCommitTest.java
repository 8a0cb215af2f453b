package io.pawline.stage.commit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageSpec;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.codec.Codec;
import io.pawline.stage.commit.TestingProducer.Step;
import io.pawline.stage.ledger.Ledger;
import io.pawline.stage.metrics.StageMetrics;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GroupCommitTest {

    private static final TopicPartition NAME = new TopicPartition("pawline.detect", 0);
    private static final ConsumerGroupMetadata MEMBER = new MockConsumer<>("earliest").groupMetadata();
    private static final String LARGE = "large";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockProducer<byte[], byte[]> attempts =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<TestingProducer> used = new CopyOnWriteArrayList<>();
    private final Queue<TestingProducer> prepared = new ConcurrentLinkedQueue<>();
    /** Counts the producers, after the first, that cannot be made. */
    private final AtomicInteger unresolved = new AtomicInteger();

    private final AssignedPartition partition = new AssignedPartition(NAME, false, null);
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable started : toClose) {
            started.close();
        }
    }

    @Test
    void publishesResultsAndOffsetsTogether() {
        GroupCommit commit = start(new TestingProducer());
        WorkItem item = begun(0);

        commit.add(item, result("a"));

        awaitPublished("a");
        assertThat(committed(used.getFirst())).isEqualTo(new OffsetAndMetadata(1));
        await().until(partition::settled);
    }

    /** Lists all that a broker was seen to answer while the group rebalances, and what a producer makes of it. */
    static Stream<Arguments> failuresThatPass() {
        KafkaException rebalance =
                new KafkaException("Unexpected error in TxnOffsetCommitResponse: REBALANCE_IN_PROGRESS");
        return Stream.of(
                Arguments.of(Step.OFFSETS, new CommitFailedException("stale member epoch")),
                Arguments.of(Step.OFFSETS, new FencedInstanceIdException("another has the instance id")),
                Arguments.of(Step.OFFSETS, rebalance),
                Arguments.of(Step.OFFSETS, new TimeoutException("no coordinator")),
                Arguments.of(Step.OFFSETS, new ProducerFencedException("fenced")),
                Arguments.of(Step.BEGIN, new ProducerFencedException("fenced")),
                Arguments.of(Step.BEGIN, new InvalidProducerEpochException("timed out by the coordinator")),
                Arguments.of(Step.COMMIT, new CommitFailedException("stale member epoch")),
                Arguments.of(Step.COMMIT, new ProducerFencedException("fenced")),
                Arguments.of(Step.COMMIT, new InvalidProducerEpochException("timed out by the coordinator")),
                Arguments.of(Step.COMMIT, new KafkaException("a send failed")),
                Arguments.of(Step.COMMIT, new TimeoutException("no answer")));
    }

    @ParameterizedTest
    @MethodSource("failuresThatPass")
    void triesAgainWithTheSameResultsAndPublishesThemOnce(Step step, RuntimeException failure) {
        GroupCommit commit = start(new TestingProducer().fails(step, failure));
        WorkItem item = begun(0);

        commit.add(item, result("a"));

        awaitPublished("a");
        await().until(partition::settled);
        assertThat(commit.failure()).isNull();
        assertThat(committed(used.getLast())).isEqualTo(new OffsetAndMetadata(1));
        assertThat(recorded()).isEmpty();
    }

    @Test
    void replacesAProducerThatCannotEvenAbort() {
        GroupCommit commit = start(new TestingProducer()
                .fails(Step.OFFSETS, new CommitFailedException("stale member epoch"))
                .fails(Step.ABORT, new KafkaException("in an error state")));
        commit.add(begun(0), result("a"));

        awaitPublished("a");
        assertThat(used).hasSize(2);
        assertThat(used.getFirst().closed()).isTrue();
        assertThat(used.getFirst().history()).isEmpty();
    }

    @Test
    void abortsUntilItHasAnAnswer() {
        GroupCommit commit = start(new TestingProducer()
                .fails(Step.OFFSETS, new CommitFailedException("stale member epoch"))
                .fails(Step.ABORT, new TimeoutException("no answer"))
                .fails(Step.ABORT, new TimeoutException("no answer")));
        commit.add(begun(0), result("a"));

        awaitPublished("a");
        assertThat(used).hasSize(1);
    }

    @Test
    void replacesTheReplacementThatDoesNotStart() {
        prepared.add(new TestingProducer()
                .fails(Step.OFFSETS, new ProducerFencedException("fenced"))
                .fails(Step.ABORT, new ProducerFencedException("fenced")));
        prepared.add(new TestingProducer().fails(Step.INIT, new TimeoutException("no coordinator")));
        GroupCommit commit = start(new TestingProducer());
        commit.add(begun(0), result("a"));

        awaitPublished("a");
        assertThat(used).hasSize(3);
        assertThat(commit.failure()).isNull();
    }

    @Test
    void endsTheSessionWhereNobodyKnowsWhetherItWasCommitted() {
        GroupCommit commit = start(new TestingProducer()
                .fails(Step.COMMIT, new TimeoutException("no answer"))
                .fails(Step.COMMIT, new ProducerFencedException("timed out by the coordinator")));
        commit.add(begun(0), result("a"));

        await().until(() -> commit.failure() != null);

        assertThat(commit.working()).isFalse();
        assertThat(published()).isEmpty();
        assertThat(used).hasSize(1);
        assertThat(recorded()).as("it may well have been committed").isEmpty();
    }

    @Test
    void whatEndsAfterTheSessionIsRecordedAsOrphaned() {
        GroupCommit commit = start(new TestingProducer());
        WorkItem item = begun(0);
        commit.close();

        commit.add(item, result("a"));

        assertThat(recorded()).containsExactly(CallOutcome.ORPHANED);
        assertThat(partition.settled()).isTrue();
        assertThat(published()).isEmpty();
    }

    @Test
    void whatWaitsForItsCommitAtTheEndIsRecordedAsOrphaned() {
        TestingProducer producer = new TestingProducer();
        for (int i = 0; i < 1_000; i++) {
            producer.fails(Step.OFFSETS, new CommitFailedException("removed from the group"));
        }
        GroupCommit commit = start(producer);
        commit.add(begun(0), result("a"));
        await().until(producer::transactionAborted);

        commit.close();
        commit.add(begun(1), result("b"));

        assertThat(recorded()).containsExactly(CallOutcome.ORPHANED, CallOutcome.ORPHANED);
        assertThat(partition.settled()).isTrue();
        assertThat(published()).isEmpty();
    }

    @Test
    void dropsWhatEndsAfterTheFenceButCommitsTheFreshRecord() {
        GroupCommit commit = start(new TestingProducer());
        WorkItem stale = begun(0);
        commit.fence(List.of(partition));
        AssignedPartition again = new AssignedPartition(NAME, false, null);
        WorkItem fresh = begun(again, 0);
        WorkItem next = begun(again, 1);

        commit.add(stale, result("stale"));
        commit.add(next, result("next"));
        awaitPublished("next");

        assertThat(committed(used.getFirst()).offset())
                .as("the fresh record is open")
                .isZero();
        assertThat(recorded()).containsExactly(CallOutcome.ORPHANED);
        assertThat(partition.settled()).isTrue();
        assertThat(again.settled()).isFalse();
        commit.add(fresh, result("fresh"));
        awaitPublished("next", "fresh");
        assertThat(committed(used.getFirst())).isEqualTo(new OffsetAndMetadata(2));
        await().until(again::settled);
        assertThat(meters.counter("pawline.stage.orphaned", "stage", "detect").count())
                .isEqualTo(1);
    }

    @Test
    void dropsResultsOfAFencedPartitionFromARepeatedTransaction() {
        TestingProducer producer = new TestingProducer();
        for (int i = 0; i < 1_000; i++) {
            producer.fails(Step.OFFSETS, new CommitFailedException("removed from the group"));
        }
        GroupCommit commit = start(producer);
        commit.add(begun(0), result("a"));
        await().until(producer::transactionAborted);

        commit.fence(List.of(partition));

        await().until(partition::settled);
        assertThat(recorded()).containsExactly(CallOutcome.ORPHANED);
        assertThat(published()).isEmpty();
        assertThat(commit.failure()).isNull();
    }

    @Test
    void aFenceWaitsForNoTransaction() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        GroupCommit commit = start(new TestingProducer() {
            @Override
            public void commitTransaction() {
                asked.countDown();
                try {
                    answer.await();
                } catch (InterruptedException stopped) {
                    throw new InterruptException(stopped);
                }
                super.commitTransaction();
            }
        });
        commit.add(begun(0), result("a"));
        asked.await();

        Thread poll = Thread.ofVirtual().start(() -> commit.fence(List.of(partition)));

        try {
            assertThat(poll.join(Duration.ofSeconds(10))).as("the fence is set").isTrue();
            assertThat(partition.fenced()).isTrue();
        } finally {
            answer.countDown();
        }
        awaitPublished("a");
    }

    /** The client throws this where no name of a broker resolves. */
    @Test
    void keepsResultsWhileNoProducerCanBeMade() {
        unresolved.set(5);
        GroupCommit commit = start(new TestingProducer()
                .fails(Step.OFFSETS, new ProducerFencedException("fenced"))
                .fails(Step.ABORT, new ProducerFencedException("fenced")));
        commit.add(begun(0), result("a"));

        awaitPublished("a");
        assertThat(commit.failure()).isNull();
        assertThat(unresolved).as("names that do not resolve").hasValue(0);
        assertThat(recorded()).isEmpty();
    }

    @Test
    void doesNotSpinWhileABeginningFailsAtOnce() throws InterruptedException {
        GroupCommit commit = start(new TestingProducer()
                .fails(Step.OFFSETS, new ProducerFencedException("fenced"))
                .fails(Step.ABORT, new ProducerFencedException("fenced")));
        for (int i = 0; i < 10_000; i++) {
            prepared.add(new TestingProducer().fails(Step.INIT, new KafkaException("no answer")));
        }
        commit.add(begun(0), result("a"));

        await().until(() -> used.size() >= 2);
        await().during(Duration.ofMillis(500)).until(() -> used.size() < 20);

        assertThat(used.subList(0, used.size() - 1)).allMatch(TestingProducer::closed);
    }

    @Test
    void aStartThatFailsLeavesNoProducerOpen() {
        GroupCommit commit =
                create(new TestingProducer().fails(Step.INIT, new TimeoutException("no coordinator")), Duration.ZERO);

        assertThatThrownBy(commit::start).isInstanceOf(TimeoutException.class);
        commit.close();

        assertThat(used).hasSize(1).allMatch(TestingProducer::closed);
    }

    @Test
    void aResultThatIsTooLargeBecomesItsSubstituteAndTheOthersGoOn() {
        GroupCommit commit = start(new TestingProducer().refuses(GroupCommitTest::isLarge));

        commit.add(begun(0), result(LARGE));
        commit.add(begun(1), result("b"));

        await().until(() -> published().size() == 2);
        assertThat(published()).containsExactlyInAnyOrder("substitute", "b");
        await().until(partition::settled);
    }

    /** The next commit would otherwise pass it by. */
    @Test
    void aRecordThatNoTopicTakesStaysOpen() {
        GroupCommit commit =
                start(new TestingProducer().refuses(record -> isLarge(record) || "substitute".equals(text(record))));

        commit.add(begun(0), result(LARGE));
        await().until(partition::settled);
        commit.add(begun(1), result("b"));
        awaitPublished("b");

        OffsetAndMetadata committed = committed(used.getLast());
        assertThat(committed.offset()).isZero();
        AssignedPartition next = new AssignedPartition(NAME, false, committed);
        assertThat(WorkItem.receive(next, record(0))).isPresent();
        assertThat(WorkItem.receive(next, record(1))).isEmpty();
    }

    /** Lists what a broker answers for a topic that takes nothing, and whether it answers late and blames all. */
    static Stream<Arguments> topicsThatTakeNothing() {
        return Stream.of(
                        new TopicAuthorizationException(Set.of("pawline.detect.dlt")),
                        new InvalidTopicException("no such name"),
                        new PolicyViolationException("not here"),
                        new NotEnoughReplicasException("two of three brokers are gone"),
                        new UnknownTopicOrPartitionException("deleted"))
                .flatMap(failure -> Stream.of(Arguments.of(failure, false), Arguments.of(failure, true)));
    }

    @ParameterizedTest
    @MethodSource("topicsThatTakeNothing")
    void aTopicThatTakesNothingHoldsItsOwnRecordsAlone(RuntimeException failure, boolean late) {
        TestingProducer producer = new TestingProducer().closes("pawline.detect.dlt", failure);
        GroupCommit commit = create(late ? producer.refusesLate() : producer, Duration.ZERO);
        commit.add(begun(0), result("a"));
        commit.add(begun(1), deadLetter("b"));
        commit.add(begun(2), result("c"));

        commit.start();

        await().until(() -> published().size() == 2);
        assertThat(published()).containsExactlyInAnyOrder("a", "c");
        await().until(() -> commit.held() == 1);
        assertThat(commit.uncommitted()).as("what a kill would repeat").isEqualTo(1);
        assertThat(committed(producer).offset()).as("the lowest open record").isEqualTo(1);
        commit.add(begun(3), deadLetter("d"));
        commit.add(begun(4), result("e"));
        await().until(() -> published().size() == 3);
        await().until(() -> commit.held() == 2);

        producer.opens("pawline.detect.dlt");

        await().until(partition::settled);
        assertThat(published()).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
        assertThat(commit.held()).isZero();
        assertThat(committed(producer)).isEqualTo(new OffsetAndMetadata(5));
    }

    @Test
    void aTopicThatIsNotThereIsNotWaitedForInATransaction() {
        TestingProducer producer =
                new TestingProducer().closes("pawline.detect.dlt", new TimeoutException("not present in metadata"));
        GroupCommit commit = start(producer);
        commit.add(begun(0), deadLetter("a"));
        await().until(() -> commit.held() == 1);
        int tries = producer.begun();

        await().during(Duration.ofSeconds(2)).until(() -> producer.begun() == tries);

        producer.opens("pawline.detect.dlt");
        awaitPublished("a");
    }

    @Test
    void whatIsHeldForALostPartitionIsDropped() {
        GroupCommit commit =
                start(new TestingProducer().closes("pawline.detect.dlt", new InvalidTopicException("no such name")));
        commit.add(begun(0), deadLetter("a"));
        await().until(() -> commit.held() == 1);

        commit.fence(List.of(partition));

        await().until(partition::settled);
        assertThat(commit.uncommitted()).isZero();
        assertThat(published()).isEmpty();
    }

    @Test
    void whatFinishesInThePauseGathersForTheNext() {
        GroupCommit commit = start(new TestingProducer(), Duration.ofHours(1));
        commit.add(begun(0), result("a"));
        await().until(partition::settled);

        commit.add(begun(1), result("b"));
        commit.add(begun(2), result("c"));

        await().during(Duration.ofMillis(300)).until(() -> commit.uncommitted() == 2);
        awaitPublished("a");
    }

    @Test
    void aFullTransactionIsFollowedByTheNextAtOnce() {
        GroupCommit commit = create(new TestingProducer(), Duration.ofHours(1));
        for (int offset = 0; offset < 1_500; offset++) {
            commit.add(begun(offset), result("a"));
        }

        commit.start();

        await().until(partition::settled);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "3, 10", "4, 12", "10, 30", "20, 50", "60000, 50"})
    void pausesLongerAfterLongTransactionsWithinBounds(long took, long pause) {
        assertThat(GroupCommit.pauseAfter(took, 10)).isEqualTo(pause);
    }

    private GroupCommit start(TestingProducer producer) {
        return start(producer, Duration.ZERO);
    }

    private GroupCommit start(TestingProducer producer, Duration interval) {
        GroupCommit commit = create(producer, interval);
        commit.start();
        return commit;
    }

    private GroupCommit create(TestingProducer producer, Duration interval) {
        prepared.add(producer);
        Supplier<Producer<byte[], byte[]>> producers = () -> {
            if (!used.isEmpty() && unresolved.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new KafkaException("Failed to construct kafka producer");
            }
            TestingProducer next = Optional.ofNullable(prepared.poll()).orElseGet(TestingProducer::new);
            used.add(next);
            return next;
        };
        Clock clock = Clock.systemUTC();
        Scheduler scheduler = new SystemScheduler();
        StageSpec<TaskAccepted> spec = TestingStage.on(Map.of()).spec();
        GroupCommit commit = new GroupCommit(
                producers,
                (_, _) -> result("substitute"),
                new Ledger(attempts, new Codec<>(spec, TestingEvents.format(), scheduler), clock, scheduler, "test"),
                interval,
                new StageMetrics(meters, Stage.DETECT, clock),
                scheduler,
                "detect");
        toClose.add(commit);
        commit.commitAs(MEMBER);
        return commit;
    }

    private WorkItem begun(long offset) {
        return begun(partition, offset);
    }

    private static WorkItem begun(AssignedPartition of, long offset) {
        WorkItem item = WorkItem.receive(of, record(offset)).orElseThrow();
        assertThat(of.begin()).isTrue();
        return item;
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        return new ConsumerRecord<>(NAME.topic(), NAME.partition(), offset, new byte[0], new byte[0]);
    }

    private static Settlement deadLetter(String text) {
        return Settlement.last(List.of(new ProducerRecord<>("pawline.detect.dlt", text.getBytes(UTF_8))));
    }

    private static Settlement result(String text) {
        CallAttempt call = CallAttempt.newBuilder()
                .setContext(TestingEvents.accepted(TaskId.next(), "oil", Duration.ofDays(1))
                        .getContext())
                .setCallId("call")
                .setMoment(CallMoment.END)
                .setAt(Instant.EPOCH)
                .setStage("detect")
                .setProvider(TestingStage.PROVIDER)
                .setAttempt(1)
                .setOutcome(CallOutcome.SUCCEEDED)
                .build();
        return Settlement.last(List.of(new ProducerRecord<>("pawline.generate", text.getBytes(UTF_8))))
                .after(List.of(call));
    }

    private void awaitPublished(String... texts) {
        await().untilAsserted(() -> assertThat(published()).containsExactly(texts));
    }

    private List<String> published() {
        return List.copyOf(used).stream()
                .flatMap(producer -> producer.history().stream())
                .map(GroupCommitTest::text)
                .toList();
    }

    private List<CallOutcome> recorded() {
        return attempts.history().stream()
                .map(event -> TestingEvents.deserializer(CallAttempt.class).deserialize(Topics.ATTEMPTS, event.value()))
                .map(event -> event.getOutcome().orElseThrow())
                .toList();
    }

    private static OffsetAndMetadata committed(TestingProducer producer) {
        return producer.consumerGroupOffsetsHistory().getLast().values().stream()
                .flatMap(positions -> positions.values().stream())
                .findAny()
                .orElseThrow();
    }

    private static String text(ProducerRecord<byte[], byte[]> record) {
        return new String(record.value(), UTF_8);
    }

    private static boolean isLarge(ProducerRecord<byte[], byte[]> record) {
        return LARGE.equals(text(record));
    }
}
