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
 * Reads records into their event class, whatever version of its schema they were written with. Many threads may use it.
 */
final class RecordReader {

    /** The reader for the records of one schema, and the name of their type for messages. */
    private record Resolved(String type, DatumReader<SpecificRecord> reader) {}

    private final SchemaRegistryClient registry;
    private final Optional<Class<? extends SpecificRecord>> only;
    private final OnceCache<Integer, Resolved> resolved = new OnceCache<>(this::resolve);

    /**
     * A reader for these records.
     *
     * @param only the class to read into; without it, the class with the name of the written record
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
            // Avro throws nearly any exception for wrong bytes: end of file, index out of bounds, class cast
            throw new UndecodableException("the bytes are not a " + how.type() + " of schema " + id, e);
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
        // Avro resolves records by their fields and accepts any name
        if (!written.getFullName().equals(expected.getFullName())
                && !expected.getAliases().contains(written.getFullName())) {
            throw new UndecodableException(
                    "schema " + id + " is of " + written.getFullName() + ", not of " + expected.getFullName());
        }
        try {
            // The builder is a new one, because the shared one has a cache that is not safe for many threads. The
            // reader is
            // built here and not on the first read, as SpecificDatumReader does, so that other threads see it complete
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
                    "schema " + id + " is of " + written.getFullName() + ", which is not a class of Pawline's events",
                    e);
        }
        if (type == null || !SpecificRecord.class.isAssignableFrom(type)) {
            throw new UndecodableException(
                    "schema " + id + " is of " + written.getFullName() + ", for which there is no event class here");
        }
        return type.asSubclass(SpecificRecord.class);
    }
}
