package io.pawline.outbound;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the kind and size of an image from its first bytes, whatever its name or media type says. It decodes nothing,
 * so hostile dimensions cost nothing. Thread-safe.
 */
public final class ImageSniffer {

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int PNG_IHDR = 0x49484452;

    private ImageSniffer() {}

    /** The header of this JPEG, PNG or WebP; empty if the bytes are something else or damaged. */
    public static Optional<ImageHeader> sniff(byte[] bytes) {
        return sniff(ByteBuffer.wrap(bytes));
    }

    /** The header of this JPEG, PNG or WebP; empty if the bytes that remain are something else or damaged. */
    public static Optional<ImageHeader> sniff(ByteBuffer bytes) {
        ByteBuffer buffer = bytes.slice();
        try {
            if (buffer.remaining() >= 12 && buffer.getLong(0) == PNG_SIGNATURE) {
                return png(buffer);
            }
            if (buffer.remaining() >= 4 && (buffer.getInt(0) >>> 8) == 0xFFD8FF) {
                return jpeg(buffer.position(2));
            }
            if (buffer.remaining() >= 16
                    && fourCc(buffer, 0).equals("RIFF")
                    && fourCc(buffer, 8).equals("WEBP")) {
                return webp(buffer.order(ByteOrder.LITTLE_ENDIAN));
            }
            return Optional.empty();
        } catch (BufferUnderflowException | IndexOutOfBoundsException truncated) {
            return Optional.empty();
        }
    }

    /** <a href="https://www.w3.org/TR/png-3/#11IHDR">PNG, IHDR</a>. */
    private static Optional<ImageHeader> png(ByteBuffer buffer) {
        return buffer.getInt(12) == PNG_IHDR
                ? header(ImageKind.PNG, buffer.getInt(16), buffer.getInt(20))
                : Optional.empty();
    }

    /**
     * <a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annex B</a>: the size is in the frame header.
     */
    private static Optional<ImageHeader> jpeg(ByteBuffer buffer) {
        while (true) {
            int marker = nextMarker(buffer);
            if (marker < 0 || marker == 0xD9 || marker == 0xDA) { // garbage, the end, or pixels before a frame header
                return Optional.empty();
            }
            if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) { // has no length
                continue;
            }
            int length = Short.toUnsignedInt(buffer.getShort());
            if (length < 2) {
                return Optional.empty();
            }
            if (isFrameHeader(marker)) {
                int at = buffer.position();
                return header(
                        ImageKind.JPEG,
                        Short.toUnsignedInt(buffer.getShort(at + 3)),
                        Short.toUnsignedInt(buffer.getShort(at + 1)));
            }
            buffer.position(Math.min(buffer.limit(), buffer.position() + length - 2));
        }
    }

    private static int nextMarker(ByteBuffer buffer) {
        if (Byte.toUnsignedInt(buffer.get()) != 0xFF) {
            return -1;
        }
        int marker = 0xFF;
        while (marker == 0xFF) { // any number of fill bytes may follow
            marker = Byte.toUnsignedInt(buffer.get());
        }
        return marker;
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    /** <a href="https://developers.google.com/speed/webp/docs/riff_container">WebP container</a>. */
    private static Optional<ImageHeader> webp(ByteBuffer buffer) {
        return switch (fourCc(buffer, 12)) {
            case "VP8 " -> lossyWebp(buffer);
            case "VP8L" -> losslessWebp(buffer);
            case "VP8X" -> header(ImageKind.WEBP, 1 + uint24(buffer, 24), 1 + uint24(buffer, 27));
            default -> Optional.empty();
        };
    }

    /** <a href="https://www.rfc-editor.org/rfc/rfc6386#section-9.1">RFC 6386, 9.1</a>. */
    private static Optional<ImageHeader> lossyWebp(ByteBuffer buffer) {
        boolean keyFrame = (buffer.get(20) & 1) == 0;
        if (!keyFrame || uint24(buffer, 23) != 0x2A019D) {
            return Optional.empty();
        }
        return header(ImageKind.WEBP, buffer.getShort(26) & 0x3FFF, buffer.getShort(28) & 0x3FFF);
    }

    /** <a href="https://www.rfc-editor.org/rfc/rfc9649#section-3.4">RFC 9649, 3.4</a>. */
    private static Optional<ImageHeader> losslessWebp(ByteBuffer buffer) {
        if (buffer.get(20) != 0x2F) {
            return Optional.empty();
        }
        int bits = buffer.getInt(21);
        return header(ImageKind.WEBP, 1 + (bits & 0x3FFF), 1 + ((bits >>> 14) & 0x3FFF));
    }

    private static Optional<ImageHeader> header(ImageKind kind, int width, int height) {
        return width < 1 || height < 1 ? Optional.empty() : Optional.of(new ImageHeader(kind, width, height));
    }

    private static int uint24(ByteBuffer littleEndian, int at) {
        return Byte.toUnsignedInt(littleEndian.get(at)) | Short.toUnsignedInt(littleEndian.getShort(at + 1)) << 8;
    }

    private static String fourCc(ByteBuffer buffer, int at) {
        byte[] name = new byte[4];
        buffer.get(at, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
