package io.pawline.finalize;

import io.airlift.compress.v3.deflate.DeflateCompressor;
import io.airlift.compress.v3.deflate.DeflateDecompressor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads and writes PNG. The kind that matting models make (8 bits, RGBA, not interlaced) is read row by row. Every
 * other kind and every damaged file goes to the JDK's own reader. RATIONALE.md has the figures behind this choice. Not
 * thread-safe.
 */
final class PngCodec {

    // The fastest level. The next one saves 2 % of the bytes
    private static final int LEVEL = 1;

    // Native if there is a library for the system, otherwise the JDK's zlib
    private final PlainPngReader reader = new PlainPngReader(DeflateDecompressor.create());
    private final PlainPngWriter writer = new PlainPngWriter(DeflateCompressor.create(LEVEL));

    /**
     * Gives the rows of the picture in these bytes one after the other.
     *
     * @return false if the file is of another kind or damaged, possibly after some rows, which are then useless
     */
    boolean read(byte[] png, PixelRows rows) {
        return reader.read(png, rows);
    }

    /**
     * The picture in these bytes, as {@link BufferedImage#TYPE_4BYTE_ABGR} if it is of the usual kind. The memory
     * follows from the size in the header, so the caller has to check that size before.
     *
     * @throws IOException if the file is damaged
     */
    BufferedImage decode(byte[] png) throws IOException {
        Optional<BufferedImage> plain = decodePlain(png);
        return plain.isPresent() ? plain.get() : decodeAnyKind(png);
    }

    private Optional<BufferedImage> decodePlain(byte[] png) {
        return PlainPngReader.size(png).flatMap(size -> {
            BufferedImage image = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_4BYTE_ABGR);
            return reader.read(png, SrgbPixels.into(image)) ? Optional.of(image) : Optional.empty();
        });
    }

    /** The file of a picture of {@link BufferedImage#TYPE_4BYTE_ABGR}. */
    byte[] encode(BufferedImage abgr) {
        return writer.write(abgr);
    }

    private static BufferedImage decodeAnyKind(byte[] png) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            // Without metadata: compressed texts and profiles are skipped, because they could unpack to any size
            reader.setInput(input, true, true);
            return reader.read(0);
        } catch (RuntimeException e) {
            // The JDK's reader throws whatever exception it meets for some kinds of damage
            throw new IOException("damaged in a way that the reader does not expect", e);
        } finally {
            reader.dispose();
        }
    }
}
