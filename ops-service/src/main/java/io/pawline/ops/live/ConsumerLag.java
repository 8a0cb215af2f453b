package io.pawline.ops.live;

import io.pawline.schemas.CommitMetadata;
import io.pawline.schemas.Stage;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Measures how far the stages are behind, as seen from outside of them. It counts offsets, so a transaction's marker
 * counts as a record: with small transactions a lag is up to twice the work that is left. Thread-safe.
 */
final class ConsumerLag implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Admin admin;

    /** @param connection Kafka client settings: bootstrap servers, security */
    ConsumerLag(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        admin = Admin.create(settings);
    }

    /**
     * The records that a stage still has to read or to complete.
     *
     * @param work records of the work topic from the committed offsets on
     * @param net those of them that are not completed
     * @param retries records of the retry topics that are not completed, whether or not they are due
     */
    record Lag(long work, long net, long retries) {
        private static final Lag NONE = new Lag(0, 0, 0);

        private Lag and(Lag other) {
            return new Lag(work + other.work, net + other.net, retries + other.retries);
        }
    }

    /** Measures each stage that has topics; empty if Kafka does not answer. Waits some seconds at most. */
    Optional<Map<Stage, Lag>> now() throws InterruptedException {
        try {
            Map<TopicPartition, Long> ends = offsets(partitions());
            Map<Stage, Lag> lags = new EnumMap<>(Stage.class);
            for (Stage stage : Stage.values()) {
                lags.put(stage, lag(stage, ends, committed(stage)));
            }
            return Optional.of(lags);
        } catch (ExecutionException | KafkaException unknown) {
            return Optional.empty();
        }
    }

    private List<TopicPartition> partitions() throws InterruptedException, ExecutionException {
        List<String> wanted = Arrays.stream(Stage.values())
                .flatMap(stage -> stage.readTopics().stream())
                .toList();
        List<String> existing = admin.listTopics().names().get().stream()
                .filter(wanted::contains)
                .toList();
        return admin.describeTopics(existing).allTopicNames().get().values().stream()
                .flatMap(ConsumerLag::partitions)
                .toList();
    }

    private static Stream<TopicPartition> partitions(TopicDescription topic) {
        return topic.partitions().stream().map(partition -> new TopicPartition(topic.name(), partition.partition()));
    }

    /** Finds the offset that a reader of committed records could read up to. */
    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions)
            throws InterruptedException, ExecutionException {
        return admin
                .listOffsets(
                        partitions.stream().collect(Collectors.toMap(name -> name, _ -> OffsetSpec.latest())),
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> offset(entry.getValue())));
    }

    private static long offset(ListOffsetsResultInfo info) {
        return info.offset();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(Stage stage)
            throws InterruptedException, ExecutionException {
        try {
            return admin.listConsumerGroupOffsets(stage.consumerGroup())
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw failed;
        }
    }

    private static Lag lag(
            Stage stage, Map<TopicPartition, Long> ends, Map<TopicPartition, OffsetAndMetadata> committed) {
        Lag sum = Lag.NONE;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            String topic = end.getKey().topic();
            if (stage.readTopics().contains(topic)) {
                boolean work = topic.equals(stage.workTopic());
                boolean markers = !work || stage != Stage.DETECT;
                sum = sum.and(lag(work, markers, end.getValue(), committed.get(end.getKey())));
            }
        }
        return sum;
    }

    /**
     * Measures one partition.
     *
     * @param markers whether its records come in transactions; the records that ingest-service relays do not
     */
    static Lag lag(boolean work, boolean markers, long end, @Nullable OffsetAndMetadata committed) {
        long from = committed == null ? 0 : committed.offset();
        Optional<CommitMetadata> completed =
                committed == null ? Optional.empty() : CommitMetadata.decode(committed.metadata(), from);
        long unread = end - completed.map(CommitMetadata::end).orElse(from);
        // Only the marker is left, of the transaction that wrote the last record read.
        long left = markers && unread == 1 && committed != null ? 0 : Math.max(0, unread);
        long net = left + completed.map(known -> (long) known.open().size()).orElse(0L);
        long all = Math.max(net, end - from - (unread - left));
        return work ? new Lag(all, net, 0) : new Lag(0, 0, net);
    }

    @Override
    public void close() {
        admin.close(PATIENCE);
    }
}
