package io.pawline.testkit;

import io.pawline.events.CallAttempt;
import io.pawline.events.ControlCommand;
import io.pawline.events.ImageCutOut;
import io.pawline.events.ImageGenerated;
import io.pawline.events.LimitMessage;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.serde.EventClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Writes and reads events in Avro's single-object encoding, which needs no registry. Settings name it by its class. */
public final class TestingSerde {

    private static final SchemaStore.Cache SCHEMAS = schemas();

    private TestingSerde() {}

    public static final class ToBytes implements Serializer<SpecificRecord> {
        @Override
        public byte[] serialize(String topic, SpecificRecord event) {
            try {
                ByteBuffer encoded = new BinaryMessageEncoder<>(SpecificData.get(), event.getSchema()).encode(event);
                byte[] bytes = new byte[encoded.remaining()];
                encoded.get(bytes);
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static final class FromBytes implements Deserializer<SpecificRecord> {
        @Override
        public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] bytes) {
            if (bytes == null) {
                return null;
            }
            try {
                ByteBuffer fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                Schema schema = SCHEMAS.findByFingerprint(fingerprint.getLong(2));
                return new BinaryMessageDecoder<SpecificRecord>(SpecificData.get(), schema).decode(bytes);
            } catch (IOException | RuntimeException e) {
                throw new SerializationException(e);
            }
        }
    }

    private static SchemaStore.Cache schemas() {
        EventClasses.trust();
        SchemaStore.Cache schemas = new SchemaStore.Cache();
        Stream.of(
                        TaskAccepted.getClassSchema(),
                        PetDescribed.getClassSchema(),
                        ImageGenerated.getClassSchema(),
                        ImageCutOut.getClassSchema(),
                        TaskFinished.getClassSchema(),
                        CallAttempt.getClassSchema(),
                        ControlCommand.getClassSchema(),
                        LimitMessage.getClassSchema())
                .forEach(schemas::addSchema);
        return schemas;
    }
}
