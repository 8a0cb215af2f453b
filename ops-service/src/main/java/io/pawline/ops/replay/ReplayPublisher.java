package io.pawline.ops.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.service.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
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
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Publishes the dead letters of one replay. Each transaction also commits how far the replay has come, as the offset of
 * a consumer group of the replay's own. So a process that opens the replay again, after whatever happened to this one,
 * knows which dead letters are published. Opening it shuts out every other process that has it open. For one thread.
 */
final class ReplayPublisher implements AutoCloseable {

    private static final String TRANSACTIONAL_ID = "pawline.ops.replay";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Kafka keeps offsets per partition of a topic that exists; this topic has one partition. */
    private static final TopicPartition PROGRESS = new TopicPartition(Topics.CONTROL, 0);

    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> progress;
    private final Serializer<? super SpecificRecord> serializer;
    private final Deserializer<?> deserializer;
    private final ReplaySpans spans;

    /**
     * A dead letter to publish.
     *
     * @param value the newest version of its payload
     * @param trace the trace it belongs to, if any
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Work(Stage stage, UUID taskId, byte[] value, int generation, Instant deadline, byte[] trace) {}

    ReplayPublisher(
            UUID replay,
            Map<String, Object> connection,
            Serializer<? super SpecificRecord> serializer,
            Deserializer<?> deserializer) {
        this(replay, connection, serializer, deserializer, OpenTelemetry.noop());
    }

    /** @param telemetry in which each published dead letter begins a trace */
    ReplayPublisher(
            UUID replay,
            Map<String, Object> connection,
            Serializer<? super SpecificRecord> serializer,
            Deserializer<?> deserializer,
            OpenTelemetry telemetry) {
        this(
                producer(connection),
                progress(connection, TRANSACTIONAL_ID + "." + replay),
                serializer,
                deserializer,
                new ReplaySpans(telemetry));
    }

    /**
     * Uses clients that others made, and closes them.
     *
     * @param producer of transactions
     * @param progress in the replay's own group
     */
    ReplayPublisher(
            Producer<byte[], byte[]> producer,
            Consumer<byte[], byte[]> progress,
            Serializer<? super SpecificRecord> serializer,
            Deserializer<?> deserializer,
            ReplaySpans spans) {
        this.producer = producer;
        this.progress = progress;
        this.serializer = serializer;
        this.deserializer = deserializer;
        this.spans = spans;
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
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
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

    /** Reads how many places of the replay are published; empty if it never began, or if the broker has forgotten. */
    OptionalInt published() {
        // The places of a transaction that is just being completed count, too: the broker lets us wait for it.
        OffsetAndMetadata offset =
                progress.committed(Set.of(PROGRESS), PATIENCE).get(PROGRESS);
        return offset == null ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(offset.offset()));
    }

    /** Publishes all of these or none, and notes that all places up to this one are done. */
    void publish(List<Work> deadLetters, int place) {
        producer.beginTransaction();
        deadLetters.forEach(work -> {
            var _ = producer.send(record(work));
        });
        producer.sendOffsetsToTransaction(Map.of(PROGRESS, new OffsetAndMetadata(place)), progress.groupMetadata());
        producer.commitTransaction();
    }

    private ProducerRecord<byte[], byte[]> record(Work work) {
        String topic = work.stage().workTopic();
        if (!(deserializer.deserialize(topic, work.value()) instanceof SpecificRecord event)) {
            throw new IllegalStateException("the dead letter of task " + work.taskId() + " is no event any more");
        }
        int field = event.getSchema().getField("context").pos();
        TaskContext context = TaskContext.newBuilder((TaskContext) event.get(field))
                .setGeneration(work.generation())
                .setDeadline(work.deadline())
                .setPriority(Routing.BULK)
                .build();
        event.put(field, context);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, work.taskId().toString().getBytes(UTF_8), serializer.serialize(topic, event));
        Routing.put(record.headers(), work.stage(), context, event);
        spans.begin(work).ifPresent(place -> TraceParent.put(record.headers(), place));
        return record;
    }

    /** Leaves an open transaction to be aborted by the next to open a replay. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
        progress.close(CloseOptions.timeout(Duration.ZERO));
    }
}
