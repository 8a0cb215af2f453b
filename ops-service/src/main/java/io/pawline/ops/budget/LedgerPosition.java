package io.pawline.ops.budget;

import io.pawline.ops.kafka.AdminAnswers;
import io.pawline.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Asks Kafka how far the ledger has read. Every method throws {@link KafkaException} if Kafka does not answer. */
final class LedgerPosition implements BudgetSettlement.Position {

    private final Map<String, Object> connection;

    /** @param connection Kafka client settings: bootstrap servers, security */
    LedgerPosition(Map<String, Object> connection) {
        this.connection = Map.copyOf(connection);
    }

    @Override
    public Map<TopicPartition, Long> ends() {
        try (Admin admin = Admin.create(connection)) {
            return offsets(admin, OffsetSpec.latest());
        }
    }

    @Override
    public boolean hasRead(Map<TopicPartition, Long> ends) {
        try (Admin admin = Admin.create(connection)) {
            Map<TopicPartition, Long> first = offsets(admin, OffsetSpec.earliest());
            Map<TopicPartition, @Nullable OffsetAndMetadata> committed =
                    AdminAnswers.committed(admin, Topics.LEDGER_GROUP);
            return ends.entrySet().stream().allMatch(end -> {
                OffsetAndMetadata read = committed.get(end.getKey());
                long next = read == null ? first.getOrDefault(end.getKey(), 0L) : read.offset();
                return next >= end.getValue();
            });
        }
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> wanted =
                AdminAnswers.of(admin.describeTopics(List.of(Topics.ATTEMPTS)).allTopicNames()).values().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                        .collect(Collectors.toMap(partition -> partition, _ -> which));
        return AdminAnswers.of(admin.listOffsets(wanted).all()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }
}
