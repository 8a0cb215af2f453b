package io.pawline.ops.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.TaskContext;
import io.pawline.ops.replay.ReplayPublisher.Work;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.serde.RegistryUnavailableException;
import io.pawline.service.TraceParent;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Makes the record by which a dead letter goes on its way again. Thread-safe. */
final class ReplayEvents implements ReplayStore.Check {

    private static final String CONTEXT = "context";

    private final Serializer<? super SpecificRecord> serializer;
    private final Deserializer<?> deserializer;
    private final ReplaySpans spans;

    ReplayEvents(Serializer<? super SpecificRecord> serializer, Deserializer<?> deserializer, ReplaySpans spans) {
        this.serializer = serializer;
        this.deserializer = deserializer;
        this.spans = spans;
    }

    /**
     * Finds out whether a record can be made of these bytes.
     *
     * @throws RegistryUnavailableException if nobody can say so now
     */
    @Override
    public Optional<String> obstacle(Stage stage, byte @Nullable [] value) {
        try {
            event(stage, value);
            return Optional.empty();
        } catch (RegistryUnavailableException e) {
            throw e;
        } catch (SerializationException | IllegalArgumentException | AvroRuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private SpecificRecord event(Stage stage, byte @Nullable [] value) {
        if (value != null && deserializer.deserialize(stage.workTopic(), value) instanceof SpecificRecord event) {
            Schema.Field field = event.getSchema().getField(CONTEXT);
            if (field != null && event.get(field.pos()) instanceof TaskContext) {
                return event;
            }
        }
        throw new IllegalArgumentException("the bytes are no event of a task");
    }

    /**
     * Makes the record of a dead letter, as the next generation of its task.
     *
     * @throws IllegalArgumentException if its bytes are no event
     */
    ProducerRecord<byte[], byte[]> of(Work work) {
        String topic = work.stage().workTopic();
        SpecificRecord event = event(work.stage(), work.value());
        int field = event.getSchema().getField(CONTEXT).pos();
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
}
