package io.pawline.schemas;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Which records above a committed offset are still open, as the text that Kafka keeps with the commit: what lies below
 * {@code end} and is not open is completed. Open offsets are few and completed ones many, so a record that is stuck for
 * hours costs a few bytes. Gaps count as completed, which harms nobody since nothing is ever received there.
 *
 * <p>Version, CRC and the offset it belongs to are part of the text, so that one written by another program, or left over
 * from before the offset was reset, is told from one's own.
 *
 * @param end one past the highest completed offset
 * @param open offsets below {@code end} that are not completed
 */
public record CommitMetadata(long end, SortedSet<Long> open) {

    /** Kafka keeps this many characters by default ({@code offset.metadata.max.bytes}). */
    public static final int MOST_CHARACTERS = 4_096;

    private static final byte VERSION = 1;
    private static final int HEAD = Byte.BYTES + Integer.BYTES;

    /** Whether a record at this offset has been completed before. */
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

    /** What was committed with the offset {@code base}; empty if the text is none of ours, or not of that offset. */
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

    /** Seven bits a byte, lowest first, the eighth bit set where more follow (LEB128). */
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
