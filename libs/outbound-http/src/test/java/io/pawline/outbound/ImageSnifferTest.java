package io.pawline.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSnifferTest {

    private static final byte[] LOSSY_WEBP =
            Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
    private static final byte[] LOSSLESS_WEBP =
            Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    @ParameterizedTest
    @CsvSource({"png, PNG", "jpg, JPEG"})
    void readsWhatTheJdkWrites(String format, ImageKind kind) {
        assertThat(ImageSniffer.sniff(TestingImageBytes.image(format, 300, 70)))
                .contains(new ImageHeader(kind, 300, 70));
    }

    @Test
    void readsWebp() {
        assertThat(ImageSniffer.sniff(LOSSY_WEBP)).contains(new ImageHeader(ImageKind.WEBP, 1, 1));
        assertThat(ImageSniffer.sniff(LOSSLESS_WEBP)).contains(new ImageHeader(ImageKind.WEBP, 1, 1));
    }

    @Test
    void readsTheSizesOfTheThreeFormsOfWebp() {
        byte[] lossy = LOSSY_WEBP.clone();
        write(lossy, 26, 0x34, 0x52, 0x21, 0x43); // 14 bits each; the two above are a scale
        assertThat(ImageSniffer.sniff(lossy)).contains(new ImageHeader(ImageKind.WEBP, 0x1234, 0x0321));

        byte[] lossless = LOSSLESS_WEBP.clone();
        write(lossless, 21, 0x2B, 0xC1, 0x63, 0x00); // 300 - 1, 400 - 1
        assertThat(ImageSniffer.sniff(lossless)).contains(new ImageHeader(ImageKind.WEBP, 300, 400));

        byte[] extended = Arrays.copyOf(LOSSY_WEBP, 30);
        write(extended, 12, 'V', 'P', '8', 'X', 10, 0, 0, 0, 0x10, 0, 0, 0, 0x2B, 0x01, 0x00, 0xFF, 0xFF, 0x01);
        assertThat(ImageSniffer.sniff(extended)).contains(new ImageHeader(ImageKind.WEBP, 300, 131072));
    }

    @Test
    void findsAJpegsFrameBehindOtherSegments() {
        ByteBuffer jpeg = ByteBuffer.allocate(200)
                .put(new byte[] {(byte) 0xFF, (byte) 0xD8})
                .put(new byte[] {(byte) 0xFF, (byte) 0xE1})
                .putShort((short) 102)
                .put(new byte[100])
                .put(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0x01})
                .put(new byte[] {(byte) 0xFF, (byte) 0xD0, (byte) 0xFF, (byte) 0xD8})
                .put(new byte[] {(byte) 0xFF, (byte) 0xC4})
                .putShort((short) 2)
                .put(new byte[] {(byte) 0xFF, (byte) 0xC2})
                .putShort((short) 17)
                .put((byte) 8)
                .putShort((short) 40_000)
                .putShort((short) 50_000);

        assertThat(ImageSniffer.sniff(jpeg.array())).contains(new ImageHeader(ImageKind.JPEG, 50_000, 40_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {0xC0, 0xC3, 0xC5, 0xCF})
    void readsTheSizeInEveryKindOfFrameHeader(int marker) {
        byte[] jpeg = jpeg(0xFF, marker, 0, 11, 8, 0, 3, 0, 5);

        assertThat(ImageSniffer.sniff(jpeg)).contains(new ImageHeader(ImageKind.JPEG, 5, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0xBF, 0xC4, 0xC8, 0xCC, 0xE0})
    void takesNoOtherSegmentForAFrameHeader(int marker) {
        assertThat(ImageSniffer.sniff(jpeg(0xFF, marker, 0, 11, 8, 0, 3, 0, 5))).isEmpty();
    }

    /** What follows could be read as a frame header. */
    @Test
    void refusesAJpegWithGarbageBetweenItsSegments() {
        assertThat(ImageSniffer.sniff(jpeg(0xFF, 0xE1, 0, 2, 0, 0, 2, 0xFF, 0xC0, 0, 11, 8, 0, 3, 0, 5)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "GIF89a1234567890", "RIFF1234WAVEfmt 12345678901234567890", "BM"})
    void knowsNothingElse(String content) {
        assertThat(ImageSniffer.sniff(content.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void refusesSizesOfZeroOrLess() {
        byte[] png = TestingImageBytes.image("png", 3, 3);
        write(png, 16, 0, 0, 0, 0);
        assertThat(ImageSniffer.sniff(png)).isEmpty();
        write(png, 16, 0xFF, 0, 0, 0);
        assertThat(ImageSniffer.sniff(png)).isEmpty();
    }

    @Test
    void survivesWhateverIsCutOffOrDamaged() {
        for (byte[] image : List.of(
                TestingImageBytes.image("png", 9, 9),
                TestingImageBytes.image("jpg", 9, 9),
                LOSSY_WEBP,
                LOSSLESS_WEBP)) {
            for (int length = 0; length < image.length; length++) {
                ImageSniffer.sniff(Arrays.copyOf(image, length));
                byte[] damaged = image.clone();
                damaged[length] ^= (byte) 0xFF;
                ImageSniffer.sniff(damaged);
            }
            assertThat(ImageSniffer.sniff(Arrays.copyOf(image, 15))).isEmpty();
        }
    }

    /** Makes a JPEG of these bytes, cut off behind them. */
    private static byte[] jpeg(int... segments) {
        byte[] jpeg = new byte[2 + segments.length];
        write(jpeg, 0, 0xFF, 0xD8);
        write(jpeg, 2, segments);
        return jpeg;
    }

    private static void write(byte[] bytes, int at, int... values) {
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
    }
}
