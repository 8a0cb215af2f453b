package io.pawline.simulation;

import io.pawline.schemas.serde.EventClasses;
import io.pawline.schemas.serde.UnknownSchemaException;
import io.pawline.service.EventFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Stands for the bytes of events: each event has a number, and its record holds the number alone. Avro and its registry
 * are none of the runtime's. The registry can forget what it knew.
 */
final class EventStore {

    static {
        EventClasses.trust();
    }

    private final List<SpecificRecord> events = new ArrayList<>();
    private boolean forgetful;

    /** Lets the registry know no schema, or know them again. */
    void forgets(boolean all) {
        forgetful = all;
    }

    byte[] bytes(SpecificRecord event, int padding) {
        events.add(event);
        return ByteBuffer.allocate(Integer.BYTES + padding)
                .putInt(events.size() - 1)
                .array();
    }

    EventFormat format() {
        return new EventFormat((_, event) -> bytes(event, LargeResults.padding(event)), _ -> (_, bytes) -> read(bytes));
    }

    /** Returns the event in a record; null if there is none. */
    @Nullable
    SpecificRecord of(ModelLog.Entry entry) {
        byte[] bytes = entry.value();
        int number = bytes == null || bytes.length < Integer.BYTES
                ? -1
                : ByteBuffer.wrap(bytes).getInt();
        return number < 0 || number >= events.size() ? null : events.get(number);
    }

    private SpecificRecord read(byte[] bytes) {
        if (forgetful) {
            throw new UnknownSchemaException(1, null);
        }
        int number = bytes == null || bytes.length < Integer.BYTES
                ? -1
                : ByteBuffer.wrap(bytes).getInt();
        if (number < 0 || number >= events.size()) {
            throw new SerializationException("no event");
        }
        return events.get(number);
    }
}
