package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ops.live.ReaderDelays.Reader;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.testkit.TestingKafka;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Asks a real Kafka who is in a group, and what its readers have still to read. */
class StageMembersIT {

    private static final TopicPartition CALLS = new TopicPartition(Topics.ATTEMPTS, 0);
    private static final Reader LEDGER = new Reader("ledger", "pawline.ops.ledger", List.of(Topics.ATTEMPTS));

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @Test
    void theMembersOfAStagesGroupAreItsProcesses() {
        try (Admin admin = Admin.create(TestingKafka.connection());
                Consumer<byte[], byte[]> process = consumer(Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        Stage.MATTING.consumerGroup(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        Stage.MATTING.consumerGroup() + "-pod-7"))) {
            process.subscribe(List.of(Stage.MATTING.workTopic()));
            await().until(() -> {
                process.poll(Duration.ofMillis(100));
                return !process.assignment().isEmpty();
            });

            assertThat(new StageMembers(admin, Clock.systemUTC()).now()).hasValueSatisfying(members -> {
                assertThat(members.get(Stage.MATTING)).containsExactly("pod-7");
                assertThat(members.get(Stage.GENERATE)).isEmpty();
            });
        }
    }

    @Test
    void anAbortedTransactionLeavesNothingToRead() throws Exception {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            ReaderOffsets offsets = new ReaderOffsets(admin, TestingKafka.connection());
            inTransaction(true);
            awaitEnd(offsets, 2);
            assertThat(offsets.next(LEDGER)).as("it has read nothing yet").containsEntry(CALLS, 0L);
            assertThat(offsets.hasRecord(CALLS, 0, 2)).isTrue();

            admin.alterConsumerGroupOffsets(LEDGER.group(), Map.of(CALLS, new OffsetAndMetadata(1)))
                    .all()
                    .get();
            assertThat(offsets.next(LEDGER)).containsEntry(CALLS, 1L);
            inTransaction(false);
            awaitEnd(offsets, 4);
            assertThat(offsets.hasRecord(CALLS, 1, 4)).isFalse();
        }
    }

    /** The marker of a transaction is written after the answer to who ended it. */
    private static void awaitEnd(ReaderOffsets offsets, long end) {
        await().untilAsserted(
                        () -> assertThat(offsets.ends(Set.of(Topics.ATTEMPTS))).containsEntry(CALLS, end));
    }

    private static void inTransaction(boolean commit) {
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "reader-delays");
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(new ProducerRecord<>(Topics.ATTEMPTS, 0, null, "x".getBytes(StandardCharsets.UTF_8)));
            producer.flush();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        settings.putAll(own);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
