package io.pawline.simulator.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Decodes and encodes pictures. It reads what ImageIO has a reader for: JPEG, PNG, WebP. */
public final class PictureCodec {

    private static final long LARGEST_PIXELS = 64_000_000;

    private PictureCodec() {}

    /** Width and height in pixels, read from the header alone. */
    public record Size(int width, int height) {}

    /** The size; empty if these bytes are no picture. */
    public static Optional<Size> size(byte[] bytes) {
        return read(bytes, reader -> new Size(reader.getWidth(0), reader.getHeight(0)));
    }

    /** The whole picture; empty if these bytes are none, or if it is absurdly large. */
    public static Optional<BufferedImage> decode(byte[] bytes) {
        return read(bytes, reader -> {
            requireReasonable(reader);
            return reader.read(0);
        });
    }

    /** The picture with every n-th pixel only, so that its longer side is not much longer than this. */
    public static Optional<BufferedImage> decodeSmall(byte[] bytes, int side) {
        return read(bytes, reader -> {
            requireReasonable(reader);
            int step = Math.max(1, Math.max(reader.getWidth(0), reader.getHeight(0)) / side);
            ImageReadParam param = reader.getDefaultReadParam();
            param.setSourceSubsampling(step, step, 0, 0);
            return reader.read(0, param);
        });
    }

    public static byte[] jpeg(BufferedImage picture) {
        return write(picture, "jpeg", 0.9f);
    }

    /** A PNG, written quickly rather than small. */
    public static byte[] png(BufferedImage picture) {
        return write(picture, "png", 0.9f);
    }

    private static void requireReasonable(ImageReader reader) throws IOException {
        if ((long) reader.getWidth(0) * reader.getHeight(0) > LARGEST_PIXELS) {
            throw new IOException("more than " + LARGEST_PIXELS + " pixels");
        }
    }

    private interface Reading<T> {
        T from(ImageReader reader) throws IOException;
    }

    private static <T> Optional<T> read(byte[] bytes, Reading<T> reading) {
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
            if (!readers.hasNext()) {
                return Optional.empty();
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(input, true, true);
                return Optional.of(reading.from(reader));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // ImageIO's readers answer damaged files with exceptions of all kinds
            return Optional.empty();
        }
    }

    private static byte[] write(BufferedImage picture, String format, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        try (var output = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality);
            writer.setOutput(output);
            writer.write(null, new IIOImage(picture, null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException("encoding a picture as " + format, e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
