package io.pawline.service;

import java.util.Objects;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Holds the serializer and the deserializers of events.
 *
 * @param serializer of every event, configured and thread-safe
 * @param deserializers one for each class of events, configured and thread-safe
 */
public record EventFormat(
        Serializer<? super SpecificRecord> serializer, Function<Class<?>, Deserializer<?>> deserializers) {
    public EventFormat {
        Objects.requireNonNull(serializer, "serializer");
        Objects.requireNonNull(deserializers, "deserializers");
    }
}
