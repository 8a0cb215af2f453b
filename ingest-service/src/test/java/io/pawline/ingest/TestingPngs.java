package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.PhotoSamples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Makes images for tests. */
final class TestingPngs {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

    /** A whole black PNG of 16 x 16 pixels. */
    static final byte[] PNG = png(16, 16);

    private TestingPngs() {}

    /** A whole black PNG of this size, in greyscale with one bit for each pixel. */
    static byte[] png(int width, int height) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(SIGNATURE);
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) 1)
                        .array());
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(pixels)) {
            byte[] row = new byte[1 + (width + 7) / 8];
            for (int y = 0; y < height; y++) {
                deflater.write(row);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        chunk(png, "IDAT", pixels.toByteArray());
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        ByteBuffer content = ByteBuffer.allocate(4 + data.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data);
        CRC32 checksum = new CRC32();
        checksum.update(content.array());
        png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        png.writeBytes(content.array());
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }

    /** A PNG of a few pixels whose header claims this size. */
    static byte[] pngClaiming(int width, int height) {
        byte[] png = PNG.clone();
        ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
        return png;
    }

    /** Checks that these are the bytes of a JPEG without metadata, as a photo is stored. */
    static void assertIsPlainJpeg(byte[] photo) {
        String text = new String(photo, StandardCharsets.ISO_8859_1);
        assertThat(text).startsWith("\u00FF\u00D8\u00FF").doesNotContain("Exif", "GPS", "http");
        assertThat(PhotoSamples.SECRETS).noneMatch(text::contains);
    }
}
