package io.pawline.schemas;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Lists the records above a committed offset that are still open, as a text that Kafka keeps with the commit. An offset
 * below {@code end} that is not open is completed. Open offsets are few and completed ones many, so a record that is
 * stuck for hours costs a few bytes. Gaps count as completed, which does no harm, because no record is ever there.
 *
 * <p>The text holds a version, a CRC and the offset that it belongs to. So a text of another program, or one from
 * before the offset was reset, is recognised.
 *
 * @param end one past the highest completed offset
 * @param open offsets below {@code end} that are not completed
 */
public record CommitMetadata(long end, SortedSet<Long> open) {

    /** The number of characters that Kafka keeps by default ({@code offset.metadata.max.bytes}). */
    public static final int MOST_CHARACTERS = 4_096;

    private static final byte VERSION = 1;
    private static final int HEAD = Byte.BYTES + Integer.BYTES;

    /** So many bytes are not packed: to make a deflater takes longer than all the rest, and each commit needs one. */
    private static final int LONGEST_STORED = 128;

    private static final byte LAST_STORED_BLOCK = 1;
    private static final int STORED_HEAD = Byte.BYTES + 2 * Short.BYTES;

    /** Whether the record at this offset is completed. */
    public boolean completed(long offset) {
        return offset < end && !open.contains(offset);
    }

    /** The text to commit together with the offset {@code base}. */
    public String encode(long base) {
        ByteArrayOutputStream numbers = new ByteArrayOutputStream(2 * open.size() + 16);
        writeNumber(numbers, base);
        writeNumber(numbers, end - base);
        long last = base;
        for (long offset : open) {
            writeNumber(numbers, offset - last);
            last = offset;
        }
        byte[] payload = deflate(numbers.toByteArray());
        return Base64.getEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(HEAD + payload.length)
                        .put(VERSION)
                        .putInt(crc(payload))
                        .put(payload)
                        .array());
    }

    /**
     * The metadata that were committed with the offset {@code base}; empty if the text is not Pawline's or not of that
     * offset.
     */
    public static Optional<CommitMetadata> decode(String text, long base) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
            if (bytes.remaining() <= HEAD || bytes.get() != VERSION) {
                return Optional.empty();
            }
            int crc = bytes.getInt();
            byte[] payload = new byte[bytes.remaining()];
            bytes.get(payload);
            return crc == crc(payload) ? read(ByteBuffer.wrap(inflate(payload)), base) : Optional.empty();
        } catch (IllegalArgumentException | BufferUnderflowException | DataFormatException foreign) {
            return Optional.empty();
        }
    }

    private static Optional<CommitMetadata> read(ByteBuffer numbers, long base) {
        if (readNumber(numbers) != base) {
            return Optional.empty();
        }
        long end = base + readNumber(numbers);
        SortedSet<Long> open = new TreeSet<>();
        long last = base;
        while (numbers.hasRemaining()) {
            last += readNumber(numbers);
            open.add(last);
        }
        return Optional.of(new CommitMetadata(end, open));
    }

    /** Writes seven bits a byte, lowest first. The eighth bit is set if more bytes follow (LEB128). */
    private static void writeNumber(ByteArrayOutputStream out, long number) {
        long rest = number;
        while (rest >= 0x80) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static long readNumber(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            number |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }

    private static int crc(byte[] payload) {
        CRC32 crc = new CRC32();
        crc.update(payload);
        return (int) crc.getValue();
    }

    private static byte[] deflate(byte[] plain) {
        if (plain.length <= LONGEST_STORED) {
            return stored(plain);
        }
        try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
            deflater.setInput(plain);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length);
            byte[] buffer = new byte[1_024];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        }
    }

    /** Makes one block that is as it was (RFC 1951, 3.2.4). */
    private static byte[] stored(byte[] plain) {
        return ByteBuffer.allocate(STORED_HEAD + plain.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(LAST_STORED_BLOCK)
                .putShort((short) plain.length)
                .putShort((short) ~plain.length)
                .put(plain)
                .array();
    }

    private static byte[] inflate(byte[] deflated) throws DataFormatException {
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(deflated);
            ByteArrayOutputStream out = new ByteArrayOutputStream(4 * deflated.length);
            byte[] buffer = new byte[1_024];
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                if (count == 0) {
                    throw new DataFormatException("cut short");
                }
                out.write(buffer, 0, count);
            }
            return out.toByteArray();
        }
    }
}
