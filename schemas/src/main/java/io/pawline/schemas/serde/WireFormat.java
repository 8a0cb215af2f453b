package io.pawline.schemas.serde;

import java.nio.ByteBuffer;

/**
 * Writes and reads the header of Confluent's <a
 * href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">wire
 * format</a>: a zero byte, the schema's id in four bytes (big-endian), then Avro's binary encoding.
 */
final class WireFormat {

    static final int HEADER_LENGTH = 5;

    private static final byte MAGIC = 0;

    private WireFormat() {}

    static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_LENGTH).put(MAGIC).putInt(schemaId).array();
    }

    /**
     * The id of the schema in a record.
     *
     * @throws UndecodableException if the record does not begin as the format requires
     */
    static int schemaId(byte[] record) {
        if (record.length < HEADER_LENGTH) {
            throw new UndecodableException(
                    "a record of " + record.length + " bytes is too short for Confluent's wire format");
        }
        if (record[0] != MAGIC) {
            throw new UndecodableException(
                    "the record's first byte is 0x%02x; in Confluent's wire format it is 0x00".formatted(record[0]));
        }
        return ByteBuffer.wrap(record, 1, Integer.BYTES).getInt();
    }
}
