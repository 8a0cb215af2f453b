package io.pawline.finalize;

import io.airlift.compress.v3.deflate.DeflateDecompressor;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
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

    /** The picture as {@link BufferedImage#TYPE_4BYTE_ABGR}; empty if the file is of another kind or damaged. */
    Optional<BufferedImage> read(byte[] png) {
        ByteBuffer file = ByteBuffer.wrap(png);
        if (!isPlain(file)) {
            return Optional.empty();
        }
        int width = file.getInt(16);
        int height = file.getInt(20);
        long size = (4L * width + 1) * height;
        if (width < 1 || height < 1 || size > Integer.MAX_VALUE - 8) {
            return Optional.empty();
        }
        return data(file)
                .flatMap(zlib -> unpack(zlib, (int) size))
                .filter(rows -> PngFilters.remove(rows, 4 * width, height))
                .map(rows -> image(rows, width, height));
    }

    private static boolean isPlain(ByteBuffer file) {
        return file.limit() >= AFTER_HEADER
                && file.getLong(0) == SIGNATURE
                && file.getInt(12) == IHDR
                && (file.getLong(21) & 0xFF_FFFF_FFFFL) == PLAIN; // the last 5 of these 8 bytes
    }

    /** The bytes of all data chunks in order; empty if the file breaks off. */
    private static Optional<byte[]> data(ByteBuffer file) {
        ByteBuffer data = ByteBuffer.allocate(file.limit());
        int chunk = FIRST_CHUNK;
        while (chunk <= file.limit() - CHUNK_FRAME) {
            int length = file.getInt(chunk);
            int type = file.getInt(chunk + 4);
            if (type == IEND) {
                return Optional.of(Arrays.copyOf(data.array(), data.position()));
            }
            if (length < 0 || length > file.limit() - chunk - CHUNK_FRAME) {
                return Optional.empty();
            }
            if (type == IDAT) {
                data.put(file.slice(chunk + 8, length));
            }
            chunk += length + CHUNK_FRAME;
        }
        return Optional.empty();
    }

    /** <a href="https://www.rfc-editor.org/rfc/rfc1950">zlib</a>: a header, deflated data, a checksum. */
    private Optional<byte[]> unpack(byte[] zlib, int size) {
        int packed = zlib.length - ZLIB_HEADER - ZLIB_TRAILER;
        if (packed < 1 || !isDeflate(ByteBuffer.wrap(zlib).getShort())) {
            return Optional.empty();
        }
        byte[] rows = new byte[size];
        int unpacked;
        try {
            unpacked = decompressor.decompress(zlib, ZLIB_HEADER, packed, rows, 0, size);
        } catch (RuntimeException damagedOrTooLong) {
            return Optional.empty();
        }
        Adler32 checksum = new Adler32();
        checksum.update(rows);
        int expected = ByteBuffer.wrap(zlib).getInt(zlib.length - ZLIB_TRAILER);
        return unpacked == size && (int) checksum.getValue() == expected ? Optional.of(rows) : Optional.empty();
    }

    private static boolean isDeflate(short header) {
        int method = header >>> 8 & 0x0F;
        boolean dictionary = (header & 0x20) != 0;
        return method == 8 && !dictionary && Short.toUnsignedInt(header) % 31 == 0;
    }

    private static BufferedImage image(byte[] rows, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        byte[] abgr = Pixel.abgr(image);
        int to = 0;
        int from = 0;
        for (int y = 0; y < height; y++) {
            from++; // the row's filter
            for (int x = 0; x < width; x++, from += 4, to += 4) {
                Pixel.put(abgr, to, Integer.reverseBytes(Pixel.get(rows, from)));
            }
        }
        return image;
    }
}
