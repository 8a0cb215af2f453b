package io.pawline.finalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.v3.deflate.DeflateCompressor;
import io.airlift.compress.v3.deflate.DeflateDecompressor;
import io.airlift.compress.v3.deflate.DeflateJavaCompressor;
import io.airlift.compress.v3.deflate.DeflateJavaDecompressor;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the codec with the JDK's own reader and writer. */
class PngCodecTest {

    private final PngCodec codec = new PngCodec();

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 40", "40, 1", "3, 2", "64, 64", "257, 129"})
    void readsWhatTheJdkWrites(int width, int height) throws IOException {
        BufferedImage image = noise(width, height);

        assertSame(codec.decode(TestingCutOut.png(image)), image);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 40", "40, 1", "3, 2", "64, 64", "257, 129"})
    void writesWhatTheJdkReads(int width, int height) {
        BufferedImage image = noise(width, height);

        assertSame(TestingCutOut.decode(codec.encode(image)), image);
    }

    @Test
    void keepsTheColourOfWhatCannotBeSeen() throws IOException {
        BufferedImage image = TestingCutOut.cat(100, 80);

        assertSame(codec.decode(codec.encode(image)), image);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void removesEveryFilter(int filter) throws IOException {
        byte[] png = filtered(noise(31, 17), filter);
        BufferedImage expected = TestingCutOut.decode(png);

        assertSame(byRows(png).orElseThrow(), expected);
    }

    @Test
    void readsDataInManyChunks() {
        BufferedImage image = noise(50, 50);
        byte[] png = codec.encode(image);
        // The signature, the header and the chunk that says sRGB
        int data = 46;
        int length = ByteBuffer.wrap(png).getInt(data);
        ByteArrayOutputStream split = new ByteArrayOutputStream();
        split.write(png, 0, data);
        for (int from = 0; from < length; from += 1000) {
            byte[] part = Arrays.copyOfRange(png, data + 8 + from, data + 8 + Math.min(length, from + 1000));
            split.writeBytes(ByteBuffer.allocate(8)
                    .putInt(part.length)
                    .putInt(0x49444154)
                    .array());
            split.writeBytes(part);
            split.writeBytes(new byte[4]); // the checksum of a chunk is not checked; that of the data is
        }
        split.write(png, png.length - 12, 12);

        assertSame(byRows(split.toByteArray()).orElseThrow(), image);
    }

    @Test
    void worksWithoutANativeLibrary() {
        BufferedImage image = noise(90, 70);

        byte[] png = new PlainPngWriter(new DeflateJavaCompressor(1)).write(image);

        assertSame(TestingCutOut.decode(png), image);
        PlainPngReader java = new PlainPngReader(new DeflateJavaDecompressor());
        assertSame(byRows(java, png).orElseThrow(), image);
        assertThat(byRows(java, Arrays.copyOf(png, png.length / 2))).isEmpty();
    }

    @Test
    void leavesOtherKindsToTheJdk() throws IOException {
        BufferedImage opaque = TestingCutOut.as(BufferedImage.TYPE_3BYTE_BGR, TestingCutOut.cat(40, 40));
        byte[] png = TestingCutOut.png(opaque);

        assertThat(byRows(png)).isEmpty();
        assertThat(codec.decode(png).getColorModel().hasAlpha()).isFalse();
    }

    @Test
    void survivesAnyDamage() {
        byte[] whole = codec.encode(TestingCutOut.cat(40, 40));
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] damaged =
                    Arrays.copyOf(whole, whole.length - random.nextInt(3) * random.nextInt((whole.length - 40) / 2));
            // Behind the header: with another size, the JDK's reader would take gigabytes
            for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                damaged[33 + random.nextInt(damaged.length - 33)] = (byte) random.nextInt();
            }
            BufferedImage image;
            try {
                image = codec.decode(damaged);
            } catch (IOException expected) {
                continue;
            }
            assertThat(image.getWidth()).isEqualTo(40);
        }
    }

    @Test
    void takesNoMoreMemoryThanTheHeaderNames() {
        BufferedImage large = new BufferedImage(3000, 3000, BufferedImage.TYPE_4BYTE_ABGR);
        byte[] bomb = codec.encode(large);
        ByteBuffer.wrap(bomb).putInt(16, 10).putInt(20, 10);

        assertThat(byRows(bomb)).isEmpty();
    }

    @Test
    void refusesBytesThatAreNotAPng() {
        assertThatThrownBy(() -> codec.decode(new byte[0])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> codec.decode(new byte[100])).isInstanceOf(IOException.class);
    }

    /** The picture as it is read row by row; empty if the reader does not take it. */
    private static Optional<BufferedImage> byRows(byte[] png) {
        return byRows(new PlainPngReader(DeflateDecompressor.create()), png);
    }

    private static Optional<BufferedImage> byRows(PlainPngReader reader, byte[] png) {
        return PlainPngReader.size(png).flatMap(size -> {
            BufferedImage image = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_4BYTE_ABGR);
            return reader.read(png, SrgbPixels.into(image)) ? Optional.of(image) : Optional.empty();
        });
    }

    /** A picture with every value of every channel, so that it takes every branch of the filters. */
    private static BufferedImage noise(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        new Random(width * 31L + height).nextBytes(bytes(image));
        return image;
    }

    private static byte[] bytes(BufferedImage image) {
        return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    }

    /** A PNG whose rows all claim this filter; its pixels are what the JDK then makes of them. */
    private static byte[] filtered(BufferedImage image, int filter) {
        int row = 4 * image.getWidth() + 1;
        byte[] rows = new byte[row * image.getHeight()];
        new Random(filter).nextBytes(rows);
        for (int i = 0; i < rows.length; i += row) {
            rows[i] = (byte) filter;
        }
        Deflater deflater = new Deflater();
        deflater.setInput(rows);
        deflater.finish();
        byte[] zlib = new byte[rows.length + 1000];
        int length = deflater.deflate(zlib);
        deflater.end();

        byte[] plain = new PlainPngWriter(DeflateCompressor.create(1)).write(image);
        ByteBuffer png = ByteBuffer.allocate(33 + 12 + length + 12).put(plain, 0, 33);
        png.putInt(length).putInt(0x49444154).put(zlib, 0, length);
        CRC32 checksum = new CRC32();
        checksum.update(png.array(), 37, length + 4);
        return png.putInt((int) checksum.getValue())
                .put(plain, plain.length - 12, 12)
                .array();
    }

    private static void assertSame(BufferedImage actual, BufferedImage expected) {
        assertThat(actual.getWidth()).isEqualTo(expected.getWidth());
        assertThat(actual.getHeight()).isEqualTo(expected.getHeight());
        assertThat(actual.getType()).isEqualTo(BufferedImage.TYPE_4BYTE_ABGR);
        assertThat(bytes(actual)).isEqualTo(bytes(expected));
    }
}
