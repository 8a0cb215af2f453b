package io.pawline.ops.live;

import io.pawline.ops.kafka.AdminAnswers;
import io.pawline.ops.live.ReaderDelays.Reader;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Asks Kafka for the offsets of topics and groups. Every method throws {@link KafkaException} if it does not answer. */
final class ReaderOffsets implements ReaderDelays.Offsets {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Admin admin;
    private final Map<String, Object> connection;

    /**
     * @param admin stays the caller's to close
     * @param connection Kafka client settings: bootstrap servers, security
     */
    ReaderOffsets(Admin admin, Map<String, Object> connection) {
        this.admin = admin;
        this.connection = Map.copyOf(connection);
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<String> topics) {
        return offsets(topics, OffsetSpec.latest());
    }

    @Override
    public Map<TopicPartition, Long> next(Reader reader) {
        Map<TopicPartition, Long> next = new HashMap<>(offsets(reader.topics(), OffsetSpec.earliest()));
        AdminAnswers.committed(admin, reader.group()).forEach((partition, committed) -> {
            if (committed != null) {
                next.computeIfPresent(partition, (_, earliest) -> Math.max(earliest, committed.offset()));
            }
        });
        return next;
    }

    @Override
    public boolean hasRecord(TopicPartition partition, long from, long before) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
            boolean found = !consumer.poll(PATIENCE).isEmpty();
            // Neither a record nor the end: nothing is known, and who is behind is behind
            return found || consumer.position(partition) < before;
        }
    }

    private Map<TopicPartition, Long> offsets(Collection<String> topics, OffsetSpec which) {
        List<String> existing = AdminAnswers.of(admin.listTopics().names()).stream()
                .filter(topics::contains)
                .toList();
        Map<TopicPartition, OffsetSpec> wanted =
                AdminAnswers.of(admin.describeTopics(existing).allTopicNames()).values().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                        .collect(Collectors.toMap(partition -> partition, _ -> which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        AdminAnswers.of(admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }
}
