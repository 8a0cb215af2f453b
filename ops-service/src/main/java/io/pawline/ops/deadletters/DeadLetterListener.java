package io.pawline.ops.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.TaskContext;
import io.pawline.ops.deadletters.IndexedDeadLetter.Header;
import io.pawline.ops.deadletters.IndexedDeadLetter.OfTask;
import io.pawline.ops.deadletters.IndexedDeadLetter.Position;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.RegistryUnavailableException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Reads every dead-letter topic into the index. It passes nothing over: if a record cannot be decoded, or its headers
 * are not as they should be, it keeps what there is.
 */
public final class DeadLetterListener {

    private static final Map<String, Stage> STAGES =
            Arrays.stream(Stage.values()).collect(Collectors.toMap(Stage::deadLetterTopic, Function.identity()));

    /** The header has the original record's time, by Spring Kafka's name: eight bytes, big-endian. */
    private static final String ORIGINAL_TIMESTAMP = "kafka_dlt-original-timestamp";

    private final DeadLetterIndex index;
    private final TopicIncarnations topics;
    private final Deserializer<?> events;

    DeadLetterListener(DeadLetterIndex index, TopicIncarnations topics, Deserializer<?> events) {
        this.index = index;
        this.topics = topics;
        this.events = events;
    }

    @KafkaListener(
            id = "dead-letters",
            groupId = "#{T(io.pawline.schemas.Topics).DEAD_LETTERS_GROUP}",
            topics = "#{__listener.topics}",
            batch = "true",
            properties = {
                // This class decodes values itself, so that it can keep what cannot be decoded.
                "value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "fetch.min.bytes=65536",
                "fetch.max.wait.ms=200"
            })
    public void index(List<ConsumerRecord<byte[], byte[]>> records) {
        index.add(records.stream().map(this::deadLetter).toList());
    }

    /** The topics of all stages' dead letters, for the annotation above. */
    public Set<String> getTopics() {
        return STAGES.keySet();
    }

    private IndexedDeadLetter deadLetter(ConsumerRecord<byte[], byte[]> record) {
        Content content = content(record);
        return new IndexedDeadLetter(
                new Position(record.topic(), topics.of(record), record.partition(), record.offset()),
                Objects.requireNonNull(STAGES.get(record.topic())).code(),
                text(record, RecordHeaders.REASON).orElse(Reason.UNCLASSIFIED.code()),
                text(record, RecordHeaders.DETAIL)
                        .or(() -> text(record, "kafka_dlt-exception-message"))
                        .orElse("It came without a word about its failure."),
                Instant.ofEpochMilli(record.timestamp()),
                number(record, RecordHeaders.FIRST_FAILED_AT)
                        .map(Instant::ofEpochMilli)
                        .orElse(null),
                workAt(record),
                number(record, RecordHeaders.ATTEMPT).map(Long::intValue).orElse(1),
                content.task(),
                content.undecodable(),
                record.key(),
                record.value(),
                Arrays.stream(record.headers().toArray())
                        .map(header -> new Header(header.key(), header.value()))
                        .toList(),
                content.text());
    }

    private record Content(@Nullable OfTask task, @Nullable String undecodable, String text) {}

    private Content content(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (events.deserialize(record.topic(), record.value()) instanceof SpecificRecord event) {
                Schema.Field field = event.getSchema().getField("context");
                if (field != null && event.get(field.pos()) instanceof TaskContext context) {
                    return new Content(task(context), null, EventTexts.of(event));
                }
            }
            return new Content(taskOfKey(record), "the event is none of a task", readable(record));
        } catch (RegistryUnavailableException e) {
            throw e;
        } catch (SerializationException | IllegalArgumentException e) {
            return new Content(taskOfKey(record), String.valueOf(e.getMessage()), readable(record));
        }
    }

    private static String readable(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? "" : Bytes.readable(record.value());
    }

    private static OfTask task(TaskContext context) {
        return new OfTask(
                TaskId.parse(context.getTaskId()).value(),
                context.getGeneration(),
                context.getTenant(),
                context.getStyle(),
                context.getSubmittedAt());
    }

    private static @Nullable OfTask taskOfKey(ConsumerRecord<byte[], byte[]> record) {
        try {
            UUID id = record.key() == null
                    ? null
                    : TaskId.parse(new String(record.key(), UTF_8)).value();
            return id == null ? null : new OfTask(id, null, null, null, null);
        } catch (IllegalArgumentException noId) {
            return null;
        }
    }

    private static @Nullable Instant workAt(ConsumerRecord<byte[], byte[]> record) {
        return bytes(record, ORIGINAL_TIMESTAMP)
                .filter(value -> value.length == Long.BYTES)
                .map(value -> Instant.ofEpochMilli(ByteBuffer.wrap(value).getLong()))
                .orElse(null);
    }

    private static Optional<Long> number(ConsumerRecord<byte[], byte[]> record, String header) {
        return text(record, header)
                .filter(digits -> digits.matches("[0-9]{1,15}"))
                .map(Long::parseLong);
    }

    private static Optional<String> text(ConsumerRecord<byte[], byte[]> record, String header) {
        return bytes(record, header).map(value -> new String(value, UTF_8));
    }

    private static Optional<byte[]> bytes(ConsumerRecord<byte[], byte[]> record, String header) {
        return Optional.ofNullable(record.headers().lastHeader(header)).map(found -> found.value());
    }
}
