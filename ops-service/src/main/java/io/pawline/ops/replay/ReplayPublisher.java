package io.pawline.ops.replay;

import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes the dead letters of all replays. Each transaction also commits how far each replay has come, as the offset
 * of a consumer group of the replay's own. So a process that opens this again, after whatever happened to that one,
 * knows which dead letters are published. Opening it shuts out every other process that has it open. For one thread.
 */
final class ReplayPublisher implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Kafka keeps offsets per partition of a topic that exists; this topic has one partition. */
    private static final TopicPartition PROGRESS = new TopicPartition(Topics.CONTROL, 0);

    private final Producer<byte[], byte[]> producer;
    private final Function<UUID, Consumer<byte[], byte[]>> groups;
    private final Map<UUID, Consumer<byte[], byte[]>> progress = new HashMap<>();
    private final ReplayEvents records;

    /**
     * A dead letter to publish.
     *
     * @param value the newest version of its payload
     * @param trace the trace it belongs to, if any
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Work(Stage stage, UUID taskId, byte[] value, int generation, Instant deadline, byte[] trace) {}

    /**
     * The dead letters of one replay that are due.
     *
     * @param place up to which the replay has come with them
     */
    record Batch(UUID replay, List<Work> work, int place) {
        Batch {
            work = List.copyOf(work);
        }
    }

    ReplayPublisher(Map<String, Object> connection, ReplayEvents records) {
        this(producer(connection), replay -> progress(connection, Topics.REPLAY + "." + replay), records);
    }

    /**
     * Uses clients that others made, and closes them.
     *
     * @param producer of transactions
     * @param groups makes a consumer in a replay's own group
     */
    ReplayPublisher(
            Producer<byte[], byte[]> producer, Function<UUID, Consumer<byte[], byte[]>> groups, ReplayEvents records) {
        this.producer = producer;
        this.groups = groups;
        this.records = records;
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, Topics.REPLAY);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 5);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Makes a consumer that never joins its group: it reads what is committed, and names the group of the commits. */
    private static Consumer<byte[], byte[]> progress(Map<String, Object> connection, String group) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Consumer<byte[], byte[]> progressOf(UUID replay) {
        return progress.computeIfAbsent(replay, groups);
    }

    /** Reads how many places of the replay are published; empty if it never began, or if the broker has forgotten. */
    OptionalInt published(UUID replay) {
        // The places of a transaction that is just being completed count, too: the broker lets us wait for it.
        OffsetAndMetadata offset =
                progressOf(replay).committed(Set.of(PROGRESS), PATIENCE).get(PROGRESS);
        return offset == null ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(offset.offset()));
    }

    /** Publishes all of these or none, and notes that all places up to those of the batches are done. */
    void publish(List<Batch> batches) {
        producer.beginTransaction();
        for (Batch batch : batches) {
            batch.work().forEach(work -> {
                var _ = producer.send(records.of(work));
            });
            producer.sendOffsetsToTransaction(
                    Map.of(PROGRESS, new OffsetAndMetadata(batch.place())),
                    progressOf(batch.replay()).groupMetadata());
        }
        producer.commitTransaction();
    }

    /** Says whether a failure to publish is about a record, which will fail again however often it is sent. */
    static boolean refused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RegistryUnavailableException) {
                return false;
            }
            if (cause instanceof RecordTooLargeException
                    || cause instanceof InvalidRecordException
                    || cause instanceof SerializationException
                    || cause instanceof IllegalArgumentException) {
                return true;
            }
        }
        return false;
    }

    /** Says whether a failure to publish comes from another process that has opened the replays since. */
    static boolean shutOut(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    /** Lets go of a replay that is over. */
    void forget(UUID replay) {
        Consumer<byte[], byte[]> over = progress.remove(replay);
        if (over != null) {
            over.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /** Leaves an open transaction to be aborted by the next to open this. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
        List.copyOf(progress.keySet()).forEach(this::forget);
    }
}
