package io.pawline.photos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.photos.PhotoDecoder.Decoded;
import io.pawline.photos.PhotoDecoder.NotDecoded;
import io.pawline.photos.PhotoResult.Fault;
import io.pawline.testkit.MutatedPhotos;
import io.pawline.testkit.PhotoSamples;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class PhotoDecoderTest {

    private static final int MUTATIONS = 300;

    private final PhotoDecoder decoder = new PhotoDecoder(10_000);

    @Test
    void aPngKeepsEachOfItsPixels() {
        BufferedImage scene = PhotoSamples.scene(31, 17);

        Decoded decoded = decoded(PhotoSamples.packed(scene, "png"));

        assertThat(decoded.width()).isEqualTo(31);
        assertThat(decoded.height()).isEqualTo(17);
        for (int pixel = 0; pixel < 31 * 17; pixel++) {
            assertThat(colour(decoded, pixel)).isEqualTo(scene.getRGB(pixel % 31, pixel / 31) & 0xFFFFFF);
        }
    }

    @Test
    void whatIsTransparentIsWhite() {
        BufferedImage glass = new BufferedImage(20, 20, BufferedImage.TYPE_INT_ARGB);
        glass.setRGB(3, 2, 0xFF102030);

        Decoded decoded = decoded(PhotoSamples.packed(glass, "png"));

        assertThat(colour(decoded, 0)).isEqualTo(0xFFFFFF);
        assertThat(colour(decoded, 2 * 20 + 3)).isEqualTo(0x102030);
    }

    @Test
    void aTurnedPhotoIsUpright() throws Exception {
        BufferedImage stored = PhotoSamples.stored(PhotoSamples.scene(48, 32), 6);

        Decoded decoded = decoded(PhotoSamples.withMetadata(PhotoSamples.jpeg(stored, 0.9f, false), 6));

        assertThat(decoded.width()).isEqualTo(48);
        assertThat(decoded.height()).isEqualTo(32);
        assertThat(colour(decoded, 4 * 48 + 4) >> 16)
                .as("red, at the upper left")
                .isGreaterThan(180);
    }

    @Test
    void thePixelsAreKnownBeforeTheyAreDecoded() {
        byte[] photo = PhotoSamples.packed(PhotoSamples.scene(40, 30), "png");

        assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(photo), (pixels, bytes) -> {
                    assertThat(pixels).isEqualTo(1200);
                    assertThat(bytes).isGreaterThanOrEqualTo(3600);
                    throw new IllegalStateException("no memory");
                }))
                .hasMessage("no memory");
    }

    @Test
    void whatIsNoPhotoOrTooLargeIsRefused() {
        byte[] large = PhotoSamples.packed(PhotoSamples.scene(101, 100), "png");

        assertThat(refused(large)).isEqualTo(Fault.TOO_LARGE);
        assertThat(refused("<html>".getBytes(StandardCharsets.UTF_8))).isEqualTo(Fault.NOT_AN_IMAGE);
        assertThat(refused(new byte[0])).isEqualTo(Fault.NOT_AN_IMAGE);
        assertThat(refused("\0\0\0\030ftypheic\0\0\0\0heicmif1".getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(Fault.NOT_AN_IMAGE);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"HEIC", "AVIF", "WEBP"})
    void aChangedPhotoIsDecodedOrRefused(MutatedPhotos.Kind kind) throws Exception {
        List<byte[]> seeds = kind.seeds();
        int whole = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            switch (decoder.decode(ByteBuffer.wrap(MutatedPhotos.mutated(seeds, seed)), (_, _) -> {})) {
                case NotDecoded not ->
                    assertThat(not.why().detail()).as("seed %d", seed).isNotBlank();
                case Decoded decoded -> {
                    whole++;
                    assertThat(decoded.rgb()).hasSize(3 * decoded.width() * decoded.height());
                }
            }
        }
        assertThat(whole).as("photos that survive").isPositive();
    }

    private Decoded decoded(byte[] photo) {
        return (Decoded) decoder.decode(ByteBuffer.wrap(photo), (_, _) -> {});
    }

    private Fault refused(byte[] photo) {
        return ((NotDecoded) decoder.decode(ByteBuffer.wrap(photo), (_, _) -> {}))
                .why()
                .fault();
    }

    private static int colour(Decoded decoded, int pixel) {
        byte[] rgb = decoded.rgb();
        return (rgb[3 * pixel] & 0xFF) << 16 | (rgb[3 * pixel + 1] & 0xFF) << 8 | (rgb[3 * pixel + 2] & 0xFF);
    }
}
