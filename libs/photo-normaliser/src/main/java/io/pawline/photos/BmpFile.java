package io.pawline.photos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Reads the headers of a <a href="https://learn.microsoft.com/windows/win32/gdi/bitmap-storage">BMP</a>. */
final class BmpFile implements PhotoFile {

    private static final int OLD_HEADER_BYTES = 12;
    private static final int MOST_COMPRESSION = 3; // plain, RLE8, RLE4, bit fields

    /** Before the pixels: headers, a palette or masks, and some room. The decoder takes all of it for a palette. */
    private static final int MOST_BYTES_BEFORE = 4096;

    /** The place of the colour space in the two newest headers, and the space without a profile: sRGB. */
    private static final int COLOUR_SPACE = 14 + 56;

    private static final int NEWER_HEADER_BYTES = 108;
    private static final int SRGB = 0x73524742;

    private final ByteBuffer file;
    private boolean hasColourSpace;
    private Size size = new Size(0, 0);
    private int bits;
    private int compression;

    private BmpFile(ByteBuffer file) {
        this.file = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws PhotoRefusedException if it is not whole, or not within the limits */
    static BmpFile open(ByteBuffer file, long maxPixels) throws PhotoRefusedException {
        BmpFile bmp = new BmpFile(file);
        try {
            bmp.read(maxPixels);
        } catch (IndexOutOfBoundsException cutShort) {
            throw PhotoRefusedException.endsEarly();
        }
        return bmp;
    }

    private void read(long maxPixels) throws PhotoRefusedException {
        long begin = Integer.toUnsignedLong(file.getInt(10));
        boolean old = file.getInt(14) == OLD_HEADER_BYTES;
        long named = 0;
        if (old) {
            size = new Size(Short.toUnsignedInt(file.getShort(18)), Short.toUnsignedInt(file.getShort(20)));
            bits = Short.toUnsignedInt(file.getShort(24));
        } else {
            // A negative height says that the rows come from the top
            int height = file.getInt(22);
            size = new Size(file.getInt(18), height == Integer.MIN_VALUE ? 0 : Math.abs(height));
            bits = Short.toUnsignedInt(file.getShort(28));
            compression = file.getInt(30);
            named = Integer.toUnsignedLong(file.getInt(34));
        }
        Limits.check(size, maxPixels, PhotoFormat.BMP);
        if (!List.of(1, 4, 8, 16, 24, 32).contains(bits) || compression < 0 || compression > MOST_COMPRESSION) {
            throw PhotoRefusedException.notAnImage("is a BMP of a rare kind: save it as a JPEG or PNG");
        }
        long rowBytes = ((long) size.width() * bits + 31) / 32 * 4;
        long bytes = isRunLength() ? named : rowBytes * size.height();
        if (begin + bytes > file.capacity()) {
            throw PhotoRefusedException.endsEarly();
        }
        if (begin > MOST_BYTES_BEFORE) {
            throw PhotoRefusedException.notAnImage("is a BMP of a rare kind: save it as a JPEG or PNG");
        }
        hasColourSpace = !old && file.getInt(14) >= NEWER_HEADER_BYTES;
    }

    private boolean isRunLength() {
        return compression == 1 || compression == 2;
    }

    @Override
    public Size size() {
        return size;
    }

    /** Run lengths are unpacked as a whole, twice. */
    @Override
    public long memory(Size to) {
        return ImageDecoder.memory(size, bytesPerPixel()) + (isRunLength() ? 2 * size.pixels() : 0);
    }

    private int bytesPerPixel() {
        return Math.max(1, bits / 8);
    }

    @Override
    public Pixels decode(Size to) throws IOException {
        return ImageDecoder.first(
                ImageDecoder.readerOfTheJdk("bmp"), new PieceStream(pieces()), size, to, bytesPerPixel());
    }

    /** The file without a profile. */
    private List<ByteBuffer> pieces() {
        if (!hasColourSpace) {
            return List.of(file);
        }
        ByteBuffer space = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(SRGB)
                .flip();
        int behind = COLOUR_SPACE + 4;
        return List.of(file.slice(0, COLOUR_SPACE), space, file.slice(behind, file.capacity() - behind));
    }
}
