package io.pawline.service;

import java.util.Objects;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * How events are written and read.
 *
 * @param serializer of every event, configured and thread-safe
 * @param deserializers one for the events of a class, configured and thread-safe
 */
public record EventFormat(
        Serializer<? super SpecificRecord> serializer, Function<Class<?>, Deserializer<?>> deserializers) {
    public EventFormat {
        Objects.requireNonNull(serializer, "serializer");
        Objects.requireNonNull(deserializers, "deserializers");
    }
}
