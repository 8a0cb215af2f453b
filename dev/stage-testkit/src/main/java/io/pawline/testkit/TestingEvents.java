package io.pawline.testkit;

import io.pawline.events.ImageRef;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.schemas.TaskId;
import io.pawline.service.EventFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Makes the events of a test, and their bytes without a schema registry. */
public final class TestingEvents {

    static {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.DEFAULT, type -> type.getName().startsWith("io.pawline.")));
    }

    private TestingEvents() {}

    public static TaskAccepted accepted(TaskId id, String style, Duration untilDeadline) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return TaskAccepted.newBuilder()
                .setContext(TaskContext.newBuilder()
                        .setTaskId(id.toString())
                        .setTenant("test")
                        .setStyle(style)
                        .setSubmittedAt(now)
                        .setDeadline(now.plus(untilDeadline))
                        .build())
                .setPhoto(ImageRef.newBuilder()
                        .setUrl("https://photos.example/cat.jpg")
                        .build())
                .build();
    }

    @SuppressWarnings("unchecked") // It is only ever asked for classes of events.
    public static EventFormat format() {
        return new EventFormat(serializer(), type -> deserializer((Class<? extends SpecificRecord>) type));
    }

    public static Serializer<SpecificRecord> serializer() {
        return (topic, event) -> {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
                new SpecificDatumWriter<SpecificRecord>(event.getSchema()).write(event, encoder);
                encoder.flush();
                return bytes.toByteArray();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        };
    }

    public static <T extends SpecificRecord> Deserializer<T> deserializer(Class<T> type) {
        return (topic, bytes) -> {
            try {
                return new SpecificDatumReader<>(type)
                        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
            } catch (IOException | RuntimeException undecodable) {
                throw new SerializationException("not a " + type.getSimpleName());
            }
        };
    }

    /** Writes events; configuration names it by its class. */
    public static final class Writer implements Serializer<SpecificRecord> {
        private final Serializer<SpecificRecord> writer = serializer();

        @Override
        public byte[] serialize(String topic, SpecificRecord event) {
            return writer.serialize(topic, event);
        }
    }

    /** Reads events; configuration names it by its class. */
    public static final class Reader implements Deserializer<SpecificRecord> {
        private Class<? extends SpecificRecord> type = TaskAccepted.class;

        @Override
        public void configure(Map<String, ?> settings, boolean isKey) {
            try {
                type = Class.forName(String.valueOf(settings.get("specific.avro.value.type")))
                        .asSubclass(SpecificRecord.class);
            } catch (ClassNotFoundException unknown) {
                throw new IllegalStateException(unknown);
            }
        }

        @Override
        public SpecificRecord deserialize(String topic, byte[] bytes) {
            return deserializer(type).deserialize(topic, bytes);
        }
    }
}
