package io.pawline.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.CommitMetadata;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.testkit.TestingKafka;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Looks for work in real topics. Each test has tasks of its own, so one set of topics serves all. */
class OpenWorkIT {

    private static final OpenWork WORK = new OpenWork(TestingKafka.connection());

    @BeforeAll
    static void topics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    static Stream<Stage> stages() {
        return Arrays.stream(Stage.values());
    }

    static List<String> topicsOfOpenWork() {
        return stages().flatMap(stage -> stage.readTopics().stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("topicsOfOpenWork")
    void findsATaskUntilItsRecordIsCompleted(String topic) throws Exception {
        TaskId id = TaskId.next();
        TaskId elsewhere = TaskId.next();
        TestingKafka.send(List.of(new ProducerRecord<>(topic, new byte[] {1}), record(topic, id)));
        long end = TestingKafka.records(topic).getLast().offset() + 1;

        assertThat(WORK.known(Set.of(id, elsewhere))).containsExactly(id);

        for (String group : groups(topic)) {
            assertThat(WORK.known(Set.of(id))).as("before %s has it", group).containsExactly(id);
            commit(group, topic, new OffsetAndMetadata(end));
        }
        assertThat(WORK.known(Set.of(id, elsewhere))).isEmpty();
    }

    @Test
    void findsWhatIsOpenBetweenCompletedRecords() throws Exception {
        String topic = Stage.GENERATE.workTopic();
        List<TaskId> ids = Stream.generate(TaskId::next).limit(4).toList();
        TestingKafka.send(ids.stream().map(id -> record(topic, id)).toList());
        long base = TestingKafka.records(topic).getLast().offset() - 3;
        String metadata = new CommitMetadata(base + 3, new TreeSet<>(Set.of(base, base + 2))).encode(base);

        commit("pawline.generate", topic, new OffsetAndMetadata(base, metadata));

        assertThat(WORK.known(Set.copyOf(ids))).containsExactlyInAnyOrder(ids.get(0), ids.get(2), ids.get(3));
    }

    /** The offsets of a transaction may become visible before its records do. */
    @Test
    void findsWhatATransactionHasNotCommitted() throws Exception {
        TaskId id = TaskId.next();
        try (KafkaProducer<byte[], byte[]> producer = producer("pending")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record(Stage.MATTING.workTopic(), id)).get();

            assertThat(WORK.known(Set.of(id))).containsExactly(id);

            producer.abortTransaction();
        }
    }

    @Test
    void aTopicThatWasCreatedAgainIsReadFromItsBeginning() throws Exception {
        String topic = Stage.FINALIZE.retryTopic();
        TaskId id = TaskId.next();
        TestingKafka.send(List.of(record(topic, id)));

        commit("pawline.finalize", topic, new OffsetAndMetadata(1_000_000));

        assertThat(WORK.known(Set.of(id))).containsExactly(id);
    }

    @Test
    void saysNothingWhileATopicIsMissing() throws Exception {
        String topic = Stage.MATTING.retryTopic();
        TestingKafka.delete(topic);

        assertThatThrownBy(() -> WORK.known(Set.of(TaskId.next())))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("UnknownTopicOrPartition");

        TestingKafka.create(topic);
        TaskId id = TaskId.next();
        TestingKafka.send(List.of(record(topic, id)));
        assertThat(WORK.known(Set.of(id))).containsExactly(id);
    }

    /** Tasks go from topic to topic, one transaction after the other, while somebody looks for all of them. */
    @Test
    void missesNoTaskThatIsPassedOn() throws Exception {
        List<TaskId> begun = new CopyOnWriteArrayList<>();
        Set<TaskId> missed = ConcurrentHashMap.newKeySet();
        AtomicInteger looks = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        try (KafkaProducer<byte[], byte[]> producer = producer("passing")) {
            producer.initTransactions();
            Thread looking = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    Set<TaskId> asked = Set.copyOf(begun);
                    Set<TaskId> found = known(asked);
                    asked.stream().filter(id -> !found.contains(id)).forEach(missed::add);
                    looks.incrementAndGet();
                }
            });
            Map<Stage, ConsumerGroupMetadata> members = new EnumMap<>(Stage.class);
            stages().forEach(stage -> members.put(stage, membership(stage.consumerGroup())));
            while (looking.isAlive() && (looks.get() < 40 || begun.size() < 20)) {
                TaskId id = TaskId.next();
                long offset = pass(producer, id, Optional.empty(), Stage.DETECT);
                begun.add(id);
                for (Stage from : Stage.values()) {
                    if (!from.notifiesReceivers()) {
                        offset = pass(
                                producer,
                                id,
                                Optional.of(new Position(from, offset, Objects.requireNonNull(members.get(from)))),
                                after(from));
                    }
                }
            }
            over.set(true);
            looking.join();
        }

        assertThat(looks).hasValueGreaterThanOrEqualTo(40);
        assertThat(missed).isEmpty();
    }

    private static Set<TaskId> known(Set<TaskId> asked) {
        try {
            return WORK.known(asked);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private record Position(Stage stage, long offset, ConsumerGroupMetadata member) {}

    /** Completes the task's record of a stage and writes that of the next, in one transaction. */
    private static long pass(KafkaProducer<byte[], byte[]> producer, TaskId id, Optional<Position> from, Stage to)
            throws ExecutionException, InterruptedException {
        producer.beginTransaction();
        long offset = producer.send(record(to.workTopic(), id)).get().offset();
        from.ifPresent(position -> producer.sendOffsetsToTransaction(
                Map.of(
                        new TopicPartition(position.stage().workTopic(), 0),
                        new OffsetAndMetadata(position.offset() + 1)),
                position.member()));
        producer.commitTransaction();
        return offset;
    }

    /** As of nobody who has joined the group. */
    private static ConsumerGroupMetadata membership(String group) {
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.groupMetadata();
        }
    }

    private static Stage after(Stage stage) {
        List<Stage> all = stages().toList();
        return all.get(all.indexOf(stage) + 1);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, TaskId id) {
        return new ProducerRecord<>(topic, id.toString().getBytes(UTF_8), new byte[] {1});
    }

    /** Those who take records from the topic. */
    private static List<String> groups(String topic) {
        return Stream.concat(
                        stages().filter(stage -> stage.readTopics().contains(topic))
                                .map(Stage::consumerGroup),
                        Stream.of(Topics.FINAL_STATES_GROUP).filter(_ -> topic.equals(Stage.CALLBACK.workTopic())))
                .toList();
    }

    private static void commit(String group, String topic, OffsetAndMetadata committed)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), committed))
                    .all()
                    .get();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
