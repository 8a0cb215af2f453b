package io.pawline.stage.codec;

import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.schemas.serde.SchemaRefusedException;
import io.pawline.schemas.serde.UnknownSchemaException;
import io.pawline.service.EventFormat;
import io.pawline.stage.Outcome;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a stage's records into events and events into records. It runs on the record's virtual thread and may wait
 * there: a schema registry out of reach is no fault of the record, so it is asked again until it answers. Thread-safe.
 */
public final class Codec<I> {

    private static final Logger log = LoggerFactory.getLogger(Codec.class);
    private static final long FIRST_WAIT_MILLIS = 100;
    private static final long LONGEST_WAIT_MILLIS = 5_000;

    /** Says what the bytes of a record are. */
    public sealed interface Decoded<I> {}

    public record Task<I>(I event) implements Decoded<I> {}

    public record NoTask<I>(String detail) implements Decoded<I> {}

    /** Says that the registry does not know the record's schema, now at least. */
    public record UnknownSchema<I>(String detail) implements Decoded<I> {}

    private final StageSpec<I> spec;
    private final Deserializer<?> deserializer;
    private final Serializer<? super SpecificRecord> serializer;
    private final Scheduler scheduler;
    private final UnknownSchemas unknownSchemas;

    public Codec(StageSpec<I> spec, EventFormat format, Scheduler scheduler) {
        this.spec = spec;
        this.scheduler = scheduler;
        this.unknownSchemas = new UnknownSchemas(scheduler::nanoTime);
        this.deserializer = format.deserializers().apply(spec.input());
        this.serializer = format.serializer();
    }

    public Decoded<I> decode(ConsumerRecord<byte[], byte[]> data) throws InterruptedException {
        Object event;
        try {
            event = untilTheRegistryAnswers(
                    () -> deserializer.deserialize(spec.stage().workTopic(), data.headers(), data.value()));
        } catch (UnknownSchemaException noSchema) {
            String detail = String.valueOf(noSchema.getMessage());
            // A few foreign records that are tried again and again say nothing of the others
            if (data.topic().equals(spec.stage().workTopic())) {
                unknownSchemas.unknown(detail);
            }
            return new UnknownSchema<>(detail);
        } catch (RuntimeException noEvent) {
            return new NoTask<>("the bytes are no event: " + noEvent.getMessage());
        }
        unknownSchemas.known();
        if (!spec.input().isInstance(event)) {
            String found = event == null ? "nothing" : event.getClass().getSimpleName();
            return new NoTask<>(
                    "the event is no %s but %s".formatted(spec.input().getSimpleName(), found));
        }
        I task = spec.input().cast(event);
        try {
            TaskId.parse(spec.context().apply(task).getTaskId());
        } catch (IllegalArgumentException noId) {
            return new NoTask<>("the event's task id is no UUID");
        }
        return new Task<>(task);
    }

    /** Returns what is known of the schemas that the registry does not know. */
    public UnknownSchemas unknownSchemas() {
        return unknownSchemas;
    }

    /**
     * Makes the record of an event for the next stage, under the same key and trace.
     *
     * @param context of the task, which the event is about
     * @throws org.apache.kafka.common.errors.SerializationException if the event lacks something: a bug of its maker
     */
    public ProducerRecord<byte[], byte[]> encode(
            ConsumerRecord<byte[], byte[]> cause, TaskContext context, Outcome.Next next) throws InterruptedException {
        String topic = next.stage().workTopic();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, cause.key(), encode(topic, next.event()));
        Header trace = cause.headers().lastHeader(RecordHeaders.TRACEPARENT);
        if (trace != null) {
            record.headers().add(trace);
        }
        Routing.put(record.headers(), next.stage(), context, next.event());
        return record;
    }

    /** Returns the bytes of an event in this topic. */
    public byte[] encode(String topic, SpecificRecord event) throws InterruptedException {
        return untilTheRegistryAnswers(() -> serializer.serialize(topic, event));
    }

    /**
     * Makes the record that ends a task without success. The last stage has none, because it is the one that notifies
     * receivers of final states.
     */
    public Optional<ProducerRecord<byte[], byte[]>> finalState(
            ConsumerRecord<byte[], byte[]> cause,
            TaskContext context,
            Ending finalState,
            Reason reason,
            String detail,
            Instant at)
            throws InterruptedException {
        if (spec.stage().notifiesReceivers()) {
            return Optional.empty();
        }
        TaskFinished event = TaskFinished.newBuilder()
                .setContext(context)
                .setEnding(finalState)
                .setFinishedAt(at)
                .setStage(spec.stage().code())
                .setReason(reason.code())
                .setDetail(detail)
                .build();
        return Optional.of(encode(cause, context, new Outcome.Next(Stage.CALLBACK, event)));
    }

    /**
     * Returns what is known of a task if only its record's key is readable. Generation 0 stands for "the one open now".
     */
    public Optional<TaskContext> contextOfKey(ConsumerRecord<byte[], byte[]> data) {
        if (data.key() == null) {
            return Optional.empty();
        }
        try {
            TaskId id = TaskId.parse(new String(data.key(), StandardCharsets.UTF_8));
            Instant at = Instant.ofEpochMilli(data.timestamp());
            return Optional.of(TaskContext.newBuilder()
                    .setTaskId(id.toString())
                    .setTenant("")
                    .setStyle("")
                    .setSubmittedAt(at)
                    .setDeadline(at)
                    .setGeneration(0)
                    .build());
        } catch (IllegalArgumentException noTaskId) {
            return Optional.empty();
        }
    }

    private interface Conversion<T> {
        T convert();
    }

    private <T> T untilTheRegistryAnswers(Conversion<T> conversion) throws InterruptedException {
        for (long wait = FIRST_WAIT_MILLIS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS)) {
            try {
                return conversion.convert();
            } catch (RegistryUnavailableException noAnswer) {
                log.warn("the schema registry does not answer, asking again in {} ms: {}", wait, noAnswer.getMessage());
                scheduler.sleep(Duration.ofMillis(wait));
            } catch (SchemaRefusedException refused) {
                log.error("the result is kept until the registry takes its schema: {}", refused.getMessage());
                scheduler.sleep(Duration.ofMillis(wait));
            }
        }
    }
}
