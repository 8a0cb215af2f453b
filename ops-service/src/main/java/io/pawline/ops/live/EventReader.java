package io.pawline.ops.live;

import io.pawline.schemas.serde.RegistryUnavailableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Reads events and passes over what is none: it is logged where it is read into a table. Thread-safe. */
final class EventReader {

    private final Deserializer<?> events;

    /** @param events thread-safe */
    EventReader(Deserializer<?> events) {
        this.events = events;
    }

    /**
     * Reads an event; null if the bytes are none.
     *
     * @throws RegistryUnavailableException if that cannot be known now
     */
    @Nullable
    Object read(byte @Nullable [] bytes) {
        try {
            return bytes == null ? null : events.deserialize("", bytes);
        } catch (RegistryUnavailableException e) {
            throw e;
        } catch (SerializationException noEvent) {
            return null;
        }
    }
}
