package io.pawline.schemas.serde;

import java.io.IOException;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SystemLimitException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.FastReaderBuilder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads records into their event class, whatever version of its schema they were written with. Safe for use by many
 * threads.
 */
final class RecordReader {

    /** How records of one writer's schema are read, and what to call their type in a message. */
    private record Resolved(String type, DatumReader<SpecificRecord> reader) {}

    private final SchemaRegistryClient registry;
    private final Optional<Class<? extends SpecificRecord>> only;
    private final OnceCache<Integer, Resolved> resolved = new OnceCache<>(this::resolve);

    /**
     * @param only the class to read into; without it, the class that bears the written record's name
     */
    RecordReader(SchemaRegistryClient registry, Optional<Class<? extends SpecificRecord>> only) {
        EventClasses.trust();
        this.registry = registry;
        this.only = only;
    }

    SpecificRecord read(byte[] bytes) {
        int id = WireFormat.schemaId(bytes);
        Resolved how = resolved.get(id);
        BinaryDecoder decoder = DecoderFactory.get()
                .binaryDecoder(bytes, WireFormat.HEADER_LENGTH, bytes.length - WireFormat.HEADER_LENGTH, null);
        SpecificRecord record;
        boolean atEnd;
        SystemLimitException.beginCollectionAllocationScope();
        try {
            record = how.reader().read(null, decoder);
            atEnd = decoder.isEnd();
        } catch (IOException | RuntimeException e) {
            // Avro throws nearly anything at wrong bytes: end of file, index out of bounds, class cast.
            throw new UndecodableException("the bytes are no " + how.type() + " as schema " + id + " has it", e);
        } finally {
            SystemLimitException.endCollectionAllocationScope();
        }
        if (!atEnd) {
            throw new UndecodableException("after the " + how.type() + " (schema " + id + ") more bytes follow");
        }
        return record;
    }

    private Resolved resolve(int id) {
        Schema written = registry.schema(id);
        Class<? extends SpecificRecord> type = only.orElseGet(() -> classOf(written, id));
        Schema expected = SpecificData.get().getSchema(type);
        // Avro resolves records by their fields and lets the name be anything.
        if (!written.getFullName().equals(expected.getFullName())
                && !expected.getAliases().contains(written.getFullName())) {
            throw new UndecodableException(
                    "schema " + id + " is of " + written.getFullName() + ", not of " + expected.getFullName());
        }
        try {
            // A builder of its own: the shared one keeps a cache that is not safe for many threads. And built here, not
            // on the first read as SpecificDatumReader does, so that other threads see the reader whole.
            FastReaderBuilder builder = new FastReaderBuilder(SpecificData.getForClass(type));
            return new Resolved(expected.getName(), builder.createDatumReader(written, expected));
        } catch (IOException | AvroRuntimeException e) {
            throw new UndecodableException(
                    "schema " + id + " cannot be read as this version of " + expected.getFullName(), e);
        }
    }

    private static Class<? extends SpecificRecord> classOf(Schema written, int id) {
        Class<?> type;
        try {
            type = SpecificData.get().getClass(written);
        } catch (SecurityException e) {
            throw new UndecodableException(
                    "schema " + id + " is of " + written.getFullName() + ", which is no class of Pawline's events", e);
        }
        if (type == null || !SpecificRecord.class.isAssignableFrom(type)) {
            throw new UndecodableException(
                    "schema " + id + " is of " + written.getFullName() + ", for which there is no event class here");
        }
        return type.asSubclass(SpecificRecord.class);
    }
}
