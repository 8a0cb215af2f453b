package io.pawline.ingest.submit;

import io.pawline.outbound.ImageKind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds an image that breaks off, as far as that shows without decoding it. So the front end learns at once that an
 * upload is incomplete, and no provider is paid for finding out.
 */
final class TruncationCheck {

    private static final int PNG_SIGNATURE_BYTES = 8;
    private static final int PNG_END = 0x49454E44;
    private static final int PNG_CHECKSUM_BYTES = 4;
    private static final int JPEG_SCAN = 0xDA;
    private static final int JPEG_END = 0xD9;

    private TruncationCheck() {}

    /** @param kind of the image by its first bytes */
    static boolean isComplete(ByteBuffer image, ImageKind kind) {
        ByteBuffer buffer = image.slice();
        try {
            return switch (kind) {
                case PNG -> isCompletePng(buffer.position(PNG_SIGNATURE_BYTES));
                case JPEG -> isCompleteJpeg(buffer.position(2));
                case WEBP -> isCompleteWebp(buffer.order(ByteOrder.LITTLE_ENDIAN));
            };
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException cutShort) {
            return false;
        }
    }

    /** Reads the <a href="https://www.w3.org/TR/png-3/#11IEND">chunks up to IEND</a>; what follows does not matter. */
    private static boolean isCompletePng(ByteBuffer buffer) {
        while (true) {
            int length = buffer.getInt();
            boolean last = buffer.getInt() == PNG_END;
            if (length < 0 || length > buffer.remaining() - PNG_CHECKSUM_BYTES) {
                return false;
            }
            if (last) {
                return true;
            }
            buffer.position(buffer.position() + length + PNG_CHECKSUM_BYTES);
        }
    }

    /**
     * Skips the segments up to the first scan, because a thumbnail in a segment has an end too; then looks for the end.
     */
    private static boolean isCompleteJpeg(ByteBuffer buffer) {
        int marker;
        do {
            marker = nextMarker(buffer);
            if (hasLength(marker)) {
                int length = Short.toUnsignedInt(buffer.getShort(buffer.position()));
                buffer.position(buffer.position() + length);
            }
        } while (marker != JPEG_SCAN);
        while (buffer.remaining() >= 2) {
            if (buffer.get() == (byte) 0xFF && (buffer.get(buffer.position()) & 0xFF) == JPEG_END) {
                return true;
            }
        }
        return false;
    }

    private static int nextMarker(ByteBuffer buffer) {
        int marker = Byte.toUnsignedInt(buffer.get());
        while (marker == 0xFF) { // any number of fill bytes may come
            marker = Byte.toUnsignedInt(buffer.get());
        }
        return marker;
    }

    private static boolean hasLength(int marker) {
        return marker != 0x01 && (marker < 0xD0 || marker > 0xD8);
    }

    /** Compares the length in the container with the length of the file. */
    private static boolean isCompleteWebp(ByteBuffer buffer) {
        return buffer.capacity() >= 8 + Integer.toUnsignedLong(buffer.getInt(4));
    }
}
