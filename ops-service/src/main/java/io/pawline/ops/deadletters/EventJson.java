package io.pawline.ops.deadletters;

import io.pawline.schemas.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Translates events into what people read and edit: Avro's own <a
 * href="https://avro.apache.org/docs/1.12.0/specification/#json-encoding">JSON encoding</a>. Thread-safe.
 */
final class EventJson {

    private final Deserializer<?> events;
    private final Serializer<? super SpecificRecord> serializer;
    private final Map<Stage, Class<? extends SpecificRecord>> types;

    /** @param types the event that each stage takes */
    EventJson(
            Deserializer<?> events,
            Serializer<? super SpecificRecord> serializer,
            Map<Stage, Class<? extends SpecificRecord>> types) {
        this.events = events;
        this.serializer = serializer;
        this.types = Map.copyOf(types);
    }

    /** An event and its schema, both as JSON. */
    record Shown(String type, String json, String schema) {}

    /** Shows the event in these bytes; empty if they are none, or if the schema registry is away. */
    Optional<Shown> read(String topic, byte[] bytes) {
        return event(topic, bytes).map(event -> {
            Schema schema = event.getSchema();
            return new Shown(schema.getName(), json(event), schema.toString());
        });
    }

    /** Decodes the event in these bytes; empty if they are none, or if the schema registry is away. */
    Optional<SpecificRecord> event(String topic, byte[] bytes) {
        try {
            return events.deserialize(topic, bytes) instanceof SpecificRecord event
                    ? Optional.of(event)
                    : Optional.empty();
        } catch (SerializationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String json(SpecificRecord event) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            var encoder = EncoderFactory.get().jsonEncoder(event.getSchema(), out);
            new SpecificDatumWriter<SpecificRecord>(event.getSchema(), SpecificData.getForClass(event.getClass()))
                    .write(event, encoder);
            encoder.flush();
            return out.toString(StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Gives the schema of the events that a stage takes. */
    Schema schema(Stage stage) {
        return SpecificData.get().getSchema(Objects.requireNonNull(types.get(stage)));
    }

    /**
     * Encodes the stage's event that a person wrote.
     *
     * @throws IllegalArgumentException if the text is no such event, with the reason
     */
    byte[] write(Stage stage, String json) {
        Class<? extends SpecificRecord> type = Objects.requireNonNull(types.get(stage));
        Schema schema = SpecificData.get().getSchema(type);
        try {
            var decoder = DecoderFactory.get().jsonDecoder(schema, json);
            SpecificRecord event = new SpecificDatumReader<SpecificRecord>(
                            schema, schema, SpecificData.getForClass(type))
                    .read(null, decoder);
            return Objects.requireNonNull(serializer.serialize(stage.workTopic(), event));
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException(
                    "the event is no %s in Avro's JSON encoding: %s".formatted(schema.getName(), e.getMessage()), e);
        }
    }
}
