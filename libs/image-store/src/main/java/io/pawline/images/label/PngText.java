package io.pawline.images.label;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.zip.CRC32;

/**
 * Reads and replaces the texts of a <a href="https://www.w3.org/TR/png-3/#11textinfo">PNG</a> without decoding it. What
 * follows the header may be damaged; it stays as it is. Thread-safe.
 */
final class PngText {

    /** The signature and the header chunk. */
    private static final int AFTER_HEADER = 33;
    /** Length, type and checksum of a chunk. */
    private static final int FRAME = 12;

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;

    private static final String TEXT = "tEXt";
    private static final String INTERNATIONAL_TEXT = "iTXt";
    private static final String XMP_KEYWORD = "XML:com.adobe.xmp";

    private final byte[] png;

    private PngText(byte[] png) {
        this.png = png;
    }

    /**
     * The texts of this file; empty if it does not begin as a PNG does.
     *
     * @param file not copied: it must not be changed
     */
    static Optional<PngText> of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        return file.length >= AFTER_HEADER && bytes.getLong(0) == SIGNATURE && bytes.getInt(12) == IHDR
                ? Optional.of(new PngText(file))
                : Optional.empty();
    }

    /** The plain text with this keyword, if there is one that is no longer than this. */
    Optional<String> find(String keyword, int longest) {
        int[] found = {-1, 0};
        walk((at, length) -> {
            if (is(at, TEXT, keyword) && length <= longest) {
                found[0] = at + 8 + keyword.length() + 1;
                found[1] = length - keyword.length() - 1;
            }
            return found[0] < 0;
        });
        return found[0] < 0
                ? Optional.empty()
                : Optional.of(new String(png, found[0], found[1], StandardCharsets.ISO_8859_1));
    }

    /**
     * Returns the file with this text and this XMP packet instead of those that it has.
     *
     * @param text ASCII
     */
    byte[] with(String keyword, String text, String xmp) {
        byte[] plain = (keyword + "\0" + text).getBytes(StandardCharsets.ISO_8859_1);
        // Not compressed, no language, no translated keyword
        byte[] packet = (XMP_KEYWORD + "\0\0\0\0\0" + xmp).getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(png.length + plain.length + packet.length + 2 * FRAME);
        file.put(png, 0, AFTER_HEADER);
        chunk(file, TEXT, plain);
        chunk(file, INTERNATIONAL_TEXT, packet);
        int end = walk((at, length) -> {
            if (!is(at, TEXT, keyword) && !is(at, INTERNATIONAL_TEXT, XMP_KEYWORD)) {
                file.put(png, at, length + FRAME);
            }
            return true;
        });
        file.put(png, end, png.length - end);
        return file.position() == file.capacity() ? file.array() : Arrays.copyOf(file.array(), file.position());
    }

    /**
     * Goes through the chunks behind the header.
     *
     * @param visitor is given where a chunk begins and how long its content is, and says whether to go on
     * @return where the first byte is that belongs to no whole chunk
     */
    private int walk(BiPredicate<Integer, Integer> visitor) {
        ByteBuffer file = ByteBuffer.wrap(png);
        int at = AFTER_HEADER;
        while (at <= png.length - FRAME) {
            int length = file.getInt(at);
            if (length < 0 || length > png.length - at - FRAME) {
                return at;
            }
            boolean on = visitor.test(at, length);
            at += length + FRAME;
            if (!on) {
                return at;
            }
        }
        return at;
    }

    private boolean is(int at, String type, String keyword) {
        byte[] start = (type + keyword + "\0").getBytes(StandardCharsets.ISO_8859_1);
        int from = at + 4;
        int length = ByteBuffer.wrap(png).getInt(at);
        return length >= keyword.length() + 1 && Arrays.equals(png, from, from + start.length, start, 0, start.length);
    }

    private static void chunk(ByteBuffer file, String type, byte[] content) {
        file.putInt(content.length);
        int start = file.position();
        file.put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
        CRC32 checksum = new CRC32();
        checksum.update(file.slice(start, file.position() - start));
        file.putInt((int) checksum.getValue());
    }
}
