package io.pawline.finalize;

import io.airlift.compress.v3.deflate.DeflateCompressor;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/** Writes <a href="https://www.w3.org/TR/png-3/">PNG</a> of 8 bits, RGBA, not interlaced. Not thread-safe. */
final class PlainPngWriter {

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    /** The header of deflate with a window of 32 KiB and fast compression. */
    private static final short ZLIB_HEADER = 0x7801;
    /**
     * The filter that subtracts the byte above. The file is nearly as small as with a choice for every row, in half the
     * time.
     */
    private static final byte UP = 2;

    /** The colours are sRGB, for eyes rather than for measuring. */
    private static final byte[] SRGB = {0};

    private final DeflateCompressor compressor;

    PlainPngWriter(DeflateCompressor compressor) {
        this.compressor = compressor;
    }

    /** The file of a picture of {@link BufferedImage#TYPE_4BYTE_ABGR}. */
    byte[] write(BufferedImage image) {
        byte[] rows = filteredRows(image);
        ByteBuffer header = ByteBuffer.allocate(13)
                .putInt(image.getWidth())
                .putInt(image.getHeight())
                .put(new byte[] {8, 6, 0, 0, 0}); // depth, RGBA, then compression, filter and interlace method
        ByteBuffer data = zlib(rows);
        ByteBuffer file = ByteBuffer.allocate(8 + 4 * 12 + header.capacity() + SRGB.length + data.limit());
        file.putLong(SIGNATURE);
        chunk(file, "IHDR", header.flip());
        chunk(file, "sRGB", ByteBuffer.wrap(SRGB));
        chunk(file, "IDAT", data);
        chunk(file, "IEND", ByteBuffer.allocate(0));
        return file.array();
    }

    private static byte[] filteredRows(BufferedImage image) {
        byte[] abgr = Pixel.abgr(image);
        int length = 4 * image.getWidth();
        byte[] rows = new byte[(length + 1) * image.getHeight()];
        int to = 0;
        for (int row = 0; row < abgr.length; row += length) {
            rows[to++] = UP;
            // Above the first row, everything is 0
            int above = row - length;
            for (int i = row; i < row + length; i += 4, above += 4, to += 4) {
                int difference = Pixel.less(Pixel.get(abgr, i), row == 0 ? 0 : Pixel.get(abgr, above));
                Pixel.put(rows, to, Integer.reverseBytes(difference));
            }
        }
        return rows;
    }

    /** <a href="https://www.rfc-editor.org/rfc/rfc1950">zlib</a>: a header, deflated data, a checksum. */
    private ByteBuffer zlib(byte[] rows) {
        int most = compressor.maxCompressedLength(rows.length);
        ByteBuffer zlib = ByteBuffer.allocate(2 + most + 4).putShort(ZLIB_HEADER);
        int packed = compressor.compress(rows, 0, rows.length, zlib.array(), zlib.position(), most);
        Adler32 checksum = new Adler32();
        checksum.update(rows);
        return zlib.position(zlib.position() + packed)
                .putInt((int) checksum.getValue())
                .flip();
    }

    private static void chunk(ByteBuffer file, String type, ByteBuffer content) {
        file.putInt(content.remaining());
        int start = file.position();
        file.put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
        CRC32 checksum = new CRC32();
        checksum.update(file.slice(start, file.position() - start));
        file.putInt((int) checksum.getValue());
    }
}
