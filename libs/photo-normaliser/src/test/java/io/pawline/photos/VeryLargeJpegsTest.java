package io.pawline.photos;

import static io.pawline.photos.TestingPhotos.assertIsNear;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.photos.PhotoFile.Size;
import io.pawline.photos.PhotoResult.Normalised;
import io.pawline.testkit.PhotoSamples;
import io.pawline.testkit.RepeatedJpeg;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Normalises JPEGs of as many pixels as are allowed, in the memory that a pod of the chart has for one photo. */
@Timeout(120)
class VeryLargeJpegsTest {

    /** A third of the heap. */
    private static final int MOST_BYTES = 120_000_000;

    private static final int SIDE = 7_744;

    /** Of {@link #SIDE} in a square, 60 million pixels, in strips. */
    static Stream<Arguments> jpegs() {
        BufferedImage low = strip(SIDE, 8);
        BufferedImage high = strip(SIDE, 16);
        return Stream.of(
                Arguments.of("in one scan", PhotoSamples.jpeg(high, 0.9f, false), 16),
                Arguments.of("of all colours", PhotoSamples.fullColourJpeg(low, false), 8),
                Arguments.of("of inks", PhotoSamples.inkJpeg(low), 8),
                Arguments.of("progressive", PhotoSamples.jpeg(high, 0.9f, true), 16),
                Arguments.of("progressive, of all colours", PhotoSamples.fullColourJpeg(low, true), 8),
                Arguments.of("progressive, of inks", PhotoSamples.inkJpeg(low, true), 8),
                Arguments.of("in three scans", inThreeScans(low), 8));
    }

    /** Red at the left, green at the right. */
    private static BufferedImage strip(int width, int height) {
        return PhotoSamples.scene(width, 2 * height).getSubimage(0, 0, width, height);
    }

    private static byte[] inThreeScans(BufferedImage scene) {
        return RepeatedJpeg.inThreeScans(IntStream.range(0, 3)
                .mapToObj(band -> PhotoSamples.jpeg(component(scene, band), 0.9f, false))
                .toList());
    }

    /** The brightness or one of the colours of a picture, as grey. */
    private static BufferedImage component(BufferedImage scene, int band) {
        BufferedImage grey = new BufferedImage(scene.getWidth(), scene.getHeight(), BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < scene.getHeight(); y++) {
            for (int x = 0; x < scene.getWidth(); x++) {
                int pixel = scene.getRGB(x, y);
                double red = pixel >> 16 & 255;
                double green = pixel >> 8 & 255;
                double blue = pixel & 255;
                double light = 0.299 * red + 0.587 * green + 0.114 * blue;
                double sample = band == 0 ? light : 128 + (band == 1 ? (blue - light) / 1.772 : (red - light) / 1.402);
                grey.getRaster().setSample(x, y, 0, (int) Math.rint(sample));
            }
        }
        return grey;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jpegs")
    void takesAJpegOfSixtyMillionPixels(String kind, byte[] strip, int rows) throws Exception {
        assertIsRedAndGreen(RepeatedJpeg.of(strip, SIDE / rows), 1843);
    }

    @Test
    void takesAGreyJpegOfSixtyMillionPixels() throws Exception {
        BufferedImage grey = new BufferedImage(SIDE, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (boolean progressive : new boolean[] {false, true}) {
            byte[] photo = RepeatedJpeg.of(PhotoSamples.jpeg(grey, 0.9f, progressive), SIDE / 8);

            assertIsNear(picture(photo).getRGB(9, 9), 0);
        }
    }

    @Test
    void takesAProgressiveJpegOf48MillionPixelsAndAllColours() throws Exception {
        byte[] strip = PhotoSamples.fullColourJpeg(strip(8064, 8), true);

        assertIsRedAndGreen(RepeatedJpeg.of(strip, 6048 / 8), 1843);
    }

    private static void assertIsRedAndGreen(byte[] photo, int leastSide) throws Exception {
        BufferedImage seen = picture(photo);

        assertThat(seen.getWidth()).isBetween(leastSide, 2048);
        for (int y : new int[] {seen.getHeight() / 10, seen.getHeight() * 9 / 10}) {
            assertIsNear(seen.getRGB(seen.getWidth() / 4, y), 0xDC1E1E);
            assertIsNear(seen.getRGB(seen.getWidth() * 3 / 4, y), 0x1EC81E);
        }
    }

    private static BufferedImage picture(byte[] photo) throws Exception {
        AtomicLong most = new AtomicLong();
        WorkingMemory memory = new WorkingMemory(MOST_BYTES, bytes -> {
            most.accumulateAndGet(bytes, Math::max);
            return () -> {};
        });

        PhotoResult result = new PhotoNormaliser(PhotoProperties.DEFAULTS).normalise(ByteBuffer.wrap(photo), memory);

        assertThat(result).isInstanceOf(Normalised.class);
        assertThat(most.get()).as("in the heap and beside it").isBetween(1L, (long) MOST_BYTES);
        return ImageIO.read(new ByteArrayInputStream(((Normalised) result).bytes()));
    }

    static Stream<Arguments> scales() {
        BufferedImage waves = waves(320, 200);
        List<Arguments> kinds = List.of(
                Arguments.of("progressive", PhotoSamples.jpeg(waves, 0.95f, true)),
                Arguments.of("progressive, of all colours", PhotoSamples.fullColourJpeg(waves, true)),
                Arguments.of("in three scans", inThreeScans(waves)));
        return IntStream.rangeClosed(1, 7)
                .boxed()
                .flatMap(scale -> kinds.stream().map(kind -> Arguments.of(scale, kind.get()[0], kind.get()[1])));
    }

    /** Each direction and each colour has waves of its own. */
    private static BufferedImage waves(int width, int height) {
        BufferedImage waves = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int red = (int) (128 + 90 * Math.sin(x * 0.11));
                int green = (int) (128 + 90 * Math.sin(y * 0.07));
                int blue = (int) (128 + 90 * Math.sin((x + 2 * y) * 0.03));
                waves.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return waves;
    }

    @ParameterizedTest(name = "{0} of 8, {1}")
    @MethodSource("scales")
    void aReducedJpegShowsWhatTheDecoderShows(int scale, String kind, byte[] jpeg) throws Exception {
        JpegFile file = JpegFile.open(ByteBuffer.wrap(jpeg), 1_000_000);
        Size size = new Size(320 * scale / 8, 200 * scale / 8);

        byte[] reduced = file.reduced(size, scale).samples();

        byte[] decoded = file.decode(size).samples();
        long difference = 0;
        for (int at = 0; at < decoded.length; at++) {
            difference += Math.abs(Byte.toUnsignedInt(decoded[at]) - Byte.toUnsignedInt(reduced[at]));
        }
        assertThat(reduced).hasSameSizeAs(decoded);
        assertThat((double) difference / decoded.length).as("levels of 256").isLessThan(4);
    }
}
