package io.pawline.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes Avro events in Confluent's wire format, configured with Confluent's keys (docs/contributor/schemas.md
 * lists them). Each schema is registered, or looked up, once. Many threads may use it once it is configured.
 */
public final class AvroSerializer implements Serializer<SpecificRecord> {

    /** The result of {@link #configure}. */
    private record Settings(SchemaRegistryClient registry, SubjectNaming naming, boolean autoRegister, boolean isKey) {
        int idOf(String topic, Schema schema) {
            String subject = naming.subject(topic, isKey, schema);
            return autoRegister ? registry.register(subject, schema) : registry.lookUp(subject, schema);
        }
    }

    private @Nullable Settings settings;

    /** A serializer that Kafka {@linkplain #configure configures} before use. */
    public AvroSerializer() {}

    @Override
    public void configure(Map<String, ?> configured, boolean isKey) {
        EventClasses.trust();
        SerdeConfig config = new SerdeConfig(configured);
        settings = new Settings(new SchemaRegistryClient(config), config.naming(isKey), config.autoRegister(), isKey);
    }

    /**
     * The event's bytes; null for null, which is a tombstone.
     *
     * @throws SchemaRefusedException if the registry refuses the event's schema
     * @throws RegistryUnavailableException if the registry could not be asked; another attempt may help
     * @throws SerializationException if a field without default is not set
     */
    @Override
    public byte @Nullable [] serialize(String topic, @Nullable SpecificRecord event) {
        if (settings == null) {
            throw new IllegalStateException("AvroSerializer is used before it is configured");
        }
        if (event == null) {
            return null;
        }
        int id = settings.idOf(topic, event.getSchema());
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try {
            out.write(WireFormat.header(id));
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            new SpecificDatumWriter<SpecificRecord>(event.getSchema(), model(event)).write(event, encoder);
            encoder.flush();
        } catch (IOException | RuntimeException e) {
            throw new SerializationException(
                    "cannot write the " + event.getSchema().getName() + " for topic " + topic, e);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        if (settings != null) {
            settings.registry().close();
        }
    }

    private static SpecificData model(SpecificRecord event) {
        return event instanceof SpecificRecordBase generated ? generated.getSpecificData() : SpecificData.get();
    }
}
