package io.pawline.ingest.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ImageSniffer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TruncationCheckTest {

    static Stream<byte[]> images() throws IOException {
        // A thumbnail inside has its own end
        byte[] jpeg = written("jpg");
        return Stream.of(
                written("png"),
                jpeg,
                withComment(jpeg, jpeg),
                Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"));
    }

    @ParameterizedTest
    @MethodSource("images")
    void findsAnImageThatIsCutShortAnywhere(byte[] image) {
        ImageKind kind = ImageSniffer.sniff(image).map(ImageHeader::kind).orElseThrow();
        assertThat(isComplete(image, kind)).isTrue();
        assertThat(isComplete(Arrays.copyOf(image, image.length + 100), kind))
                .as("with something behind it")
                .isTrue();
        for (int length = 0; length < image.length; length++) {
            assertThat(isComplete(Arrays.copyOf(image, length), kind))
                    .as("%d of %d bytes", length, image.length)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("images")
    void survivesAnyDamage(byte[] image) {
        ImageKind kind = ImageSniffer.sniff(image).map(ImageHeader::kind).orElseThrow();
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            byte[] damaged = image.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            damaged[random.nextInt(Math.min(40, damaged.length))] = (byte) random.nextInt();
            boolean _ = isComplete(damaged, kind);
        }
    }

    private static boolean isComplete(byte[] image, ImageKind kind) {
        return TruncationCheck.isComplete(ByteBuffer.wrap(image), kind);
    }

    private static byte[] written(String format) throws IOException {
        BufferedImage picture = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < 1_200; i++) {
            picture.setRGB(i % 40, i / 40, random.nextInt(1 << 24));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, format, bytes);
        return bytes.toByteArray();
    }

    /** Makes a comment: a segment that may hold anything, as the segment with the EXIF data may. */
    private static byte[] withComment(byte[] jpeg, byte[] comment) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(jpeg, 0, 2);
        bytes.write(new byte[] {(byte) 0xFF, (byte) 0xFE});
        bytes.write(new byte[] {(byte) ((comment.length + 2) >> 8), (byte) (comment.length + 2)});
        bytes.write(comment);
        bytes.write(jpeg, 2, jpeg.length - 2);
        return bytes.toByteArray();
    }
}
