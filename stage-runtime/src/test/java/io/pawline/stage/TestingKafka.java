package io.pawline.stage;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The one broker of this test JVM, with the topics as a test wants them. */
final class TestingKafka {

    private static final EmbeddedKafka BROKER = start();
    private static final Map<String, Object> CONNECTION = Map.of("bootstrap.servers", BROKER.bootstrapServers());

    private TestingKafka() {}

    static Map<String, Object> connection() {
        return CONNECTION;
    }

    /** All topics anew and empty. */
    static void freshTopics(int partitions) throws InterruptedException {
        try (Admin admin = Admin.create(CONNECTION)) {
            var groups = admin.listGroups().all().get().stream()
                    .map(group -> group.groupId())
                    .toList();
            admin.deleteConsumerGroups(groups).all().get();
            admin.deleteTopics(Topics.all(1, (short) 1).stream()
                            .map(topic -> topic.name())
                            .filter(existing(admin)::contains)
                            .toList())
                    .all()
                    .get();
            org.awaitility.Awaitility.await().until(() -> existing(admin).isEmpty());
            admin.createTopics(Topics.all(partitions, (short) 1)).all().get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static List<String> existing(Admin admin) throws InterruptedException, ExecutionException {
        return List.copyOf(admin.listTopics().names().get());
    }

    static void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (var producer = new KafkaProducer<>(CONNECTION, new ByteArraySerializer(), new ByteArraySerializer())) {
            records.forEach(record -> {
                var _ = producer.send(record);
            });
            producer.flush();
        }
    }

    /** Every committed record of a topic by now. */
    static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(50)).forEach(records::add);
            }
            return records;
        }
    }

    private static EmbeddedKafka start() {
        try {
            return EmbeddedKafka.start(Files.createTempDirectory("kafka"), 0, Map.of());
        } catch (IOException noFolder) {
            throw new UncheckedIOException(noFolder);
        }
    }
}
