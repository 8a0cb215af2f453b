package io.pawline.schemas.serde;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro events in Confluent's wire format, configured with Confluent's keys (docs/contributor/schemas.md
 * lists them). The written schema comes from the registry, once per id, and is resolved into the event's class. Many
 * threads may use it once it is configured.
 */
public final class AvroDeserializer implements Deserializer<SpecificRecord> {

    private @Nullable SchemaRegistryClient registry;
    private @Nullable RecordReader reader;

    /** A deserializer that Kafka {@linkplain #configure configures} before use. */
    public AvroDeserializer() {}

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        SerdeConfig config = new SerdeConfig(settings);
        SchemaRegistryClient client = new SchemaRegistryClient(config);
        registry = client;
        reader = new RecordReader(client, config.readerType(isKey));
    }

    /**
     * The event in these bytes; null for null, which is a tombstone.
     *
     * @throws UndecodableException if the bytes are not an event that can be read here
     * @throws UnknownSchemaException if the registry does not know their schema; another attempt may help
     * @throws RegistryUnavailableException if the registry could not be asked for the schema; another attempt may help
     */
    @Override
    public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] bytes) {
        if (reader == null) {
            throw new IllegalStateException("AvroDeserializer is used before it is configured");
        }
        return bytes == null ? null : reader.read(bytes);
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}
