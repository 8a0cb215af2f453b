package io.pawline.finalize;

import io.airlift.compress.v3.deflate.DeflateDecompressor;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.Adler32;

/**
 * Reads <a href="https://www.w3.org/TR/png-3/">PNG</a> of 8 bits, RGBA, not interlaced. The header alone decides how
 * much memory it takes, whatever the data unpack to. Not thread-safe.
 */
final class PlainPngReader {

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;
    private static final int FIRST_CHUNK = 8;
    private static final int AFTER_HEADER = 33;
    /** Length, type and checksum of a chunk. */
    private static final int CHUNK_FRAME = 12;

    private static final int ZLIB_HEADER = 2;
    private static final int ZLIB_TRAILER = 4;

    /** Depth 8 and colour type 6. The methods of compression, filter and interlace are 0. */
    private static final long PLAIN = 0x08_06_00_00_00L;

    private final DeflateDecompressor decompressor;

    PlainPngReader(DeflateDecompressor decompressor) {
        this.decompressor = decompressor;
    }

    /** The size of a picture in pixels. */
    record Size(int width, int height) {

        /** Bytes of the unpacked data: the rows, each behind the number of its filter. */
        private long unpacked() {
            return (4L * width + 1) * height;
        }
    }

    /** The size of the picture; empty if the file is of another kind. */
    static Optional<Size> size(byte[] png) {
        ByteBuffer file = ByteBuffer.wrap(png);
        if (!isPlain(file)) {
            return Optional.empty();
        }
        Size size = new Size(file.getInt(16), file.getInt(20));
        return size.width() > 0 && size.height() > 0 && size.unpacked() <= Integer.MAX_VALUE - 8
                ? Optional.of(size)
                : Optional.empty();
    }

    /** The most bytes of memory that it takes to read this file: its data in one piece, and unpacked. */
    static long memory(byte[] png) {
        return png.length + size(png).map(Size::unpacked).orElse(0L);
    }

    /**
     * Gives the rows of the picture one after the other.
     *
     * @return false if the file is of another kind or damaged, possibly after some rows, which are then useless
     */
    boolean read(byte[] png, PixelRows rows) {
        Optional<Size> size = size(png);
        return size.isPresent()
                && data(ByteBuffer.wrap(png))
                        .filter(zlib -> read(zlib, size.get(), rows))
                        .isPresent();
    }

    private static boolean isPlain(ByteBuffer file) {
        return file.limit() >= AFTER_HEADER
                && file.getLong(0) == SIGNATURE
                && file.getInt(12) == IHDR
                && (file.getLong(21) & 0xFF_FFFF_FFFFL) == PLAIN; // the last 5 of these 8 bytes
    }

    /** The bytes of all data chunks in order; empty if the file breaks off. */
    private static Optional<byte[]> data(ByteBuffer file) {
        int length = 0;
        int end = FIRST_CHUNK;
        while (end <= file.limit() - CHUNK_FRAME && file.getInt(end + 4) != IEND) {
            int content = file.getInt(end);
            if (content < 0 || content > file.limit() - end - CHUNK_FRAME) {
                return Optional.empty();
            }
            length += file.getInt(end + 4) == IDAT ? content : 0;
            end += content + CHUNK_FRAME;
        }
        if (end > file.limit() - CHUNK_FRAME) {
            return Optional.empty();
        }
        ByteBuffer data = ByteBuffer.allocate(length);
        for (int chunk = FIRST_CHUNK; chunk < end; chunk += file.getInt(chunk) + CHUNK_FRAME) {
            if (file.getInt(chunk + 4) == IDAT) {
                data.put(file.slice(chunk + 8, file.getInt(chunk)));
            }
        }
        return Optional.of(data.array());
    }

    /** <a href="https://www.rfc-editor.org/rfc/rfc1950">zlib</a>: a header, deflated data, a checksum. */
    private boolean read(byte[] zlib, Size size, PixelRows rows) {
        int packed = zlib.length - ZLIB_HEADER - ZLIB_TRAILER;
        if (packed < 1 || !isDeflate(ByteBuffer.wrap(zlib).getShort())) {
            return false;
        }
        byte[] unpacked = new byte[(int) size.unpacked()];
        try {
            if (decompressor.decompress(zlib, ZLIB_HEADER, packed, unpacked, 0, unpacked.length) != unpacked.length) {
                return false;
            }
        } catch (RuntimeException damagedOrTooLong) {
            return false;
        }
        int checksum = ByteBuffer.wrap(zlib).getInt(zlib.length - ZLIB_TRAILER);
        return give(unpacked, 4 * size.width(), rows).equals(OptionalInt.of(checksum));
    }

    /** Gives each row away while it is in the processor's cache. Returns the checksum of all, if the filters are known. */
    private static OptionalInt give(byte[] unpacked, int length, PixelRows rows) {
        Adler32 checksum = new Adler32();
        int above = -1;
        for (int filter = 0; filter < unpacked.length; filter += length + 1) {
            checksum.update(unpacked, filter, length + 1);
            if (!PngFilters.remove(unpacked[filter], unpacked, filter + 1, above, length)) {
                return OptionalInt.empty();
            }
            above = filter + 1;
            rows.take(unpacked, above);
        }
        return OptionalInt.of((int) checksum.getValue());
    }

    private static boolean isDeflate(short header) {
        int method = header >>> 8 & 0x0F;
        boolean dictionary = (header & 0x20) != 0;
        return method == 8 && !dictionary && Short.toUnsignedInt(header) % 31 == 0;
    }
}
