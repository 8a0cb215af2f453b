package io.pawline.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.schemas.CommitMetadata;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for tasks in the records that the stages, or the rows of the tasks, still have to take from the topics. It
 * joins no group and commits nothing. Thread-safe.
 *
 * <p>A task that is passed on while this class reads is not missed. It reads what the groups have completed, and then
 * where the topics end. Where the task is in between, its record is written already and not known as completed. Ends
 * are those of records whose transactions may not be committed yet: the offsets of a transaction may become visible
 * before its records do.
 */
final class OpenWork implements Reaper.Work {

    /** Whoever completes records of tasks. */
    private static final List<Reader> READERS = Stream.concat(
                    Arrays.stream(Stage.values()).map(stage -> new Reader(stage.consumerGroup(), stage.readTopics())),
                    Stream.of(new Reader(Topics.FINAL_STATES_GROUP, List.of(Stage.CALLBACK.workTopic()))))
            .toList();

    /** The longest time without any answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(100);

    private static final int FETCHED_BYTES = 4 * 1024 * 1024;
    private static final int POLLED = 5_000;

    private final Map<String, Object> connection;

    /** @param connection Kafka client settings: bootstrap servers, security */
    OpenWork(Map<String, Object> connection) {
        this.connection = Map.copyOf(connection);
    }

    /** A group, and the topics from which it takes what is open. */
    private record Reader(String group, List<String> topics) {}

    /** The records of a partition that a group may have to take. */
    private record Range(long from, long end, Optional<CommitMetadata> completed) {

        static Range of(long begin, long end, @Nullable OffsetAndMetadata committed) {
            // Outside the log means that the topic was created again, and then its group begins anew.
            if (committed == null || committed.offset() < begin || committed.offset() > end) {
                return new Range(begin, end, Optional.empty());
            }
            return new Range(committed.offset(), end, CommitMetadata.decode(committed.metadata(), committed.offset()));
        }

        boolean open(long offset) {
            return from <= offset
                    && offset < end
                    && completed.filter(known -> known.completed(offset)).isEmpty();
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws KafkaException if the brokers do not answer within some seconds, or if a topic or a right is missing
     */
    @Override
    public Set<TaskId> known(Set<TaskId> tasks) throws InterruptedException {
        Map<TopicPartition, List<Range>> open;
        try (Admin admin = Admin.create(settings())) {
            open = open(admin);
        } catch (ExecutionException failed) {
            throw new KafkaException("the open work cannot be found: " + failed.getCause(), failed.getCause());
        }
        return open.isEmpty() ? Set.of() : read(open, tasks);
    }

    private static Map<TopicPartition, List<Range>> open(Admin admin) throws InterruptedException, ExecutionException {
        Map<Reader, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
        for (Reader reader : READERS) {
            committed.put(reader, committed(admin, reader.group()));
        }
        Set<String> topics =
                READERS.stream().flatMap(reader -> reader.topics().stream()).collect(Collectors.toSet());
        List<TopicPartition> partitions = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(OpenWork::partitions)
                .toList();
        Map<TopicPartition, Long> begins = offsets(admin, partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(admin, partitions, OffsetSpec.latest());
        Map<TopicPartition, List<Range>> open = new HashMap<>();
        committed.forEach((reader, offsets) -> partitions.stream()
                .filter(partition -> reader.topics().contains(partition.topic()))
                .forEach(partition -> {
                    Range range = Range.of(
                            begins.getOrDefault(partition, 0L),
                            ends.getOrDefault(partition, 0L),
                            offsets.get(partition));
                    if (range.from() < range.end()) {
                        open.computeIfAbsent(partition, _ -> new ArrayList<>()).add(range);
                    }
                }));
        return open;
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String group)
            throws InterruptedException, ExecutionException {
        try {
            return admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw failed;
        }
    }

    private static Stream<TopicPartition> partitions(TopicDescription topic) {
        return topic.partitions().stream().map(partition -> new TopicPartition(topic.name(), partition.partition()));
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, List<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException, ExecutionException {
        return admin
                .listOffsets(partitions.stream().collect(Collectors.toMap(name -> name, _ -> which)))
                .all()
                .get()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    /** Reads what is open until each of the tasks is found or nothing is left. */
    private Set<TaskId> read(Map<TopicPartition, List<Range>> open, Set<TaskId> tasks) {
        Map<String, TaskId> wanted = tasks.stream().collect(Collectors.toMap(TaskId::toString, task -> task));
        Set<TaskId> found = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(open.keySet());
            open.forEach((partition, ranges) -> consumer.seek(
                    partition, ranges.stream().mapToLong(Range::from).min().orElseThrow()));
            long answered = System.nanoTime();
            while (found.size() < wanted.size() && !consumer.assignment().isEmpty()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (record.key() != null && open(record, open)) {
                        Optional.ofNullable(wanted.get(new String(record.key(), UTF_8)))
                                .ifPresent(found::add);
                    }
                }
                boolean fewer = leaveWhatIsRead(consumer, open);
                if (fewer || !records.isEmpty()) {
                    answered = System.nanoTime();
                } else if (System.nanoTime() - answered > PATIENCE.toNanos()) {
                    throw new TimeoutException("the open work cannot be read: " + consumer.assignment());
                }
            }
        }
        return found;
    }

    private static boolean open(ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, List<Range>> open) {
        return open.getOrDefault(new TopicPartition(record.topic(), record.partition()), List.of()).stream()
                .anyMatch(range -> range.open(record.offset()));
    }

    /** Goes on without the partitions that are read to their end; says whether there were any. */
    private static boolean leaveWhatIsRead(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, List<Range>> open) {
        List<TopicPartition> left = consumer.assignment().stream()
                .filter(partition -> open.getOrDefault(partition, List.of()).stream()
                        .anyMatch(range -> consumer.position(partition) < range.end()))
                .toList();
        boolean some = left.size() < consumer.assignment().size();
        if (some) {
            consumer.assign(left);
        }
        return some;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.keySet().removeAll(Set.of(ConsumerConfig.GROUP_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // What is older than the topic's records was deleted meanwhile.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCHED_BYTES);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLLED);
        settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return settings;
    }
}
