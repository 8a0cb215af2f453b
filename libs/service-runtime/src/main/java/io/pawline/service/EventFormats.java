package io.pawline.service;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/** Makes the event format that {@code spring.kafka.*} names. */
public final class EventFormats {

    private EventFormats() {}

    /**
     * Makes the serializer and the deserializers, configured.
     *
     * @throws IllegalStateException if a class named is not there
     */
    public static EventFormat of(KafkaProperties kafka) {
        return new EventFormat(serializer(kafka), type -> deserializer(kafka, type));
    }

    /** Makes the serializer by its class name, so that the settings can choose another one of the same wire format. */
    // Only the settings name the class. A class that takes no events fails with the first event.
    @SuppressWarnings("unchecked")
    private static Serializer<SpecificRecord> serializer(KafkaProperties kafka) {
        Map<String, Object> settings = kafka.buildProducerProperties();
        Serializer<SpecificRecord> serializer =
                create(settings, ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, Serializer.class);
        serializer.configure(settings, false);
        return serializer;
    }

    private static Deserializer<?> deserializer(KafkaProperties kafka, Class<?> input) {
        Map<String, Object> settings = kafka.buildConsumerProperties();
        // Without this, Avro reads an event as another event that has the same fields.
        settings.put("specific.avro.value.type", input.getName());
        Deserializer<?> deserializer =
                create(settings, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, Deserializer.class);
        deserializer.configure(settings, false);
        return deserializer;
    }

    private static <T> T create(Map<String, Object> settings, String setting, Class<T> type) {
        Object chosen = settings.get(setting);
        try {
            return chosen instanceof Class<?> known
                    ? type.cast(Utils.newInstance(known))
                    : Utils.newInstance(String.valueOf(chosen), type);
        } catch (ClassNotFoundException absent) {
            throw new IllegalStateException(
                    "no class " + chosen + " on the class path, see setting " + setting, absent);
        }
    }
}
