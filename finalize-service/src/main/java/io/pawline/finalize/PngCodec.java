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
 * Reads and writes PNG: what every matting model makes (8 bits, RGBA, not interlaced) by way of libdeflate, anything
 * else, and whatever is wrong with it, by the JDK's own reader. RATIONALE.md has the figures that led to it. Not
 * thread-safe.
 */
final class PngCodec {

    // The fastest: the next one saves 2 % of the bytes
    private static final int LEVEL = 1;

    // Native where there is a library for the system, and the JDK's zlib where there is none
    private final PlainPngReader reader = new PlainPngReader(DeflateDecompressor.create());
    private final PlainPngWriter writer = new PlainPngWriter(DeflateCompressor.create(LEVEL));

    /**
     * The picture in these bytes; {@link BufferedImage#TYPE_4BYTE_ABGR} if it is of the usual kind. As large as its header
     * says: that is for the caller to check before.
     *
     * @throws IOException if it is damaged
     */
    BufferedImage decode(byte[] png) throws IOException {
        Optional<BufferedImage> plain = reader.read(png);
        return plain.isPresent() ? plain.get() : decodeAnyKind(png);
    }

    /** The file of a picture of {@link BufferedImage#TYPE_4BYTE_ABGR}. */
    byte[] encode(BufferedImage abgr) {
        return writer.write(abgr);
    }

    private static BufferedImage decodeAnyKind(byte[] png) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            // Without metadata: compressed texts and profiles, which could unpack to any size, are passed over
            reader.setInput(input, true, true);
            return reader.read(0);
        } catch (RuntimeException e) {
            // The JDK's reader answers some kinds of damage with whatever exception it runs into
            throw new IOException("damaged in a way that the reader does not expect", e);
        } finally {
            reader.dispose();
        }
    }
}
