package io.pawline.photos;

import static io.pawline.photos.TestingPhotos.normalised;
import static io.pawline.photos.TestingPhotos.refused;
import static io.pawline.testkit.NeedsTools.Tool.AVIFENC;
import static io.pawline.testkit.NeedsTools.Tool.HEIF_CONVERT;
import static io.pawline.testkit.NeedsTools.Tool.HEIF_ENC;
import static io.pawline.testkit.PhotoSamples.joined;
import static io.pawline.testkit.PhotoSamples.jpeg;
import static io.pawline.testkit.PhotoSamples.packed;
import static io.pawline.testkit.PhotoSamples.withMetadata;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.photos.PhotoResult.Fault;
import io.pawline.photos.PhotoResult.Refused;
import io.pawline.testkit.MutatedPhotos;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.PhotoKind;
import io.pawline.testkit.PhotoSamples;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

/** Damages the pixels of photos. Decoders fill what is lost with grey or with anything, and most of them report nothing. */
@Timeout(120)
class DamagedPhotosTest {

    private static final int WIDTH = 400;
    private static final int HEIGHT = 300;
    private static final byte[] END = {(byte) 0xFF, (byte) 0xD9};

    private static final PhotoProperties WITHOUT_CONVERTER = new PhotoProperties(
            DataSize.ofMegabytes(20),
            60_000_000,
            2048,
            "no-such-program",
            Duration.ofSeconds(1),
            DataSize.ofMegabytes(512));

    private final PhotoNormaliser normaliser = new PhotoNormaliser(PhotoProperties.DEFAULTS);

    @AfterEach
    void giveBackTheMemory() {
        TestingPhotos.assertNothingIsHeld();
    }

    /** Soft colours with the noise of a camera. */
    private static BufferedImage picture() {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int red = (int) (128 + 50 * Math.sin(x * 0.02) + 40 * Math.cos(y * 0.02)) + random.nextInt(12);
                picture.setRGB(x, y, (red << 16) | ((red * 3 / 4) << 8) | (255 - red));
            }
        }
        return picture;
    }

    static Stream<Arguments> jpegs() throws IOException {
        BufferedImage picture = picture();
        return Stream.of(
                Arguments.of("passed as it is", jpeg(picture, 0.85f, false)),
                Arguments.of("turned", withMetadata(jpeg(picture, 0.85f, false), 6)),
                Arguments.of("of inks", PhotoSamples.inkJpeg(picture)),
                Arguments.of("with restart markers", withRestarts(picture, 25)),
                Arguments.of("progressive, passed as it is", jpeg(picture, 0.85f, true)),
                Arguments.of("progressive, turned", withMetadata(jpeg(picture, 0.85f, true), 6)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jpegs")
    void takesAJpegThatIsWhole(String kind, byte[] jpeg) throws Exception {
        assertThat(normalised(normaliser, jpeg).format()).isEqualTo(PhotoFormat.JPEG);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jpegs")
    void refusesAJpegThatIsDamagedAtMostPlaces(String kind, byte[] jpeg) throws Exception {
        int begin = beginOfPixels(jpeg);
        // The first of several scans has the brightness, and further ones make the picture finer
        int length = (jpeg.length - begin) * (kind.startsWith("progressive") ? 5 : 80) / 100;
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            byte[] damaged = jpeg.clone();
            int at = begin + length / 10 + random.nextInt(length * 8 / 10);
            for (int byteOf = 0; byteOf < jpeg.length / 10; byteOf++) {
                damaged[at + byteOf] = seed % 2 == 0 ? 0 : (byte) random.nextInt(255);
            }

            Refused refused = refused(normaliser, damaged);

            assertThat(refused.fault()).as("seed %d", seed).isEqualTo(Fault.NOT_AN_IMAGE);
            assertThat(refused.detail()).contains("damaged");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jpegs")
    void refusesAJpegThatWasCutOffAndClosedAgain(String kind, byte[] jpeg) throws Exception {
        int begin = beginOfPixels(jpeg);
        int length = (jpeg.length - begin) * (kind.startsWith("progressive") ? 5 : 90) / 100;
        for (int part = 1; part < 10; part++) {
            byte[] cut = joined(List.of(Arrays.copyOf(jpeg, begin + length * part / 10), END));

            assertThat(refused(normaliser, cut).fault()).as("part %d", part).isEqualTo(Fault.NOT_AN_IMAGE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jpegs")
    void takesAJpegWhoseDamageCannotBeSeen(String kind, byte[] jpeg) throws Exception {
        byte[] open = Arrays.copyOf(jpeg, jpeg.length - 2);
        byte[] few = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
        byte[] cut = Arrays.copyOf(open, open.length - (open.length - beginOfPixels(jpeg)) / 50);
        for (byte[] whole : List.of(
                joined(List.of(open, few, END)),
                joined(List.of(open, new byte[5000], END)),
                joined(List.of(cut, END)))) {
            assertThat(normalised(normaliser, whole).format()).isEqualTo(PhotoFormat.JPEG);
        }
    }

    /** Each part begins anew, so the others are as they were. */
    @Test
    void takesAJpegOfWhichOnePartIsDamaged() throws Exception {
        byte[] jpeg = withRestarts(picture(), 25);
        int at = jpeg.length / 2;
        jpeg[at] ^= 0x5A;
        jpeg[at + 1] ^= 0x5A;

        assertThat(normalised(normaliser, jpeg).format()).isEqualTo(PhotoFormat.JPEG);
    }

    /** The checksums are right, so only the decoder can find out. */
    @Test
    void refusesAPngWhosePixelsAreDamaged() throws Exception {
        byte[] png = packed(picture(), "png");
        for (int part = 1; part < 10; part++) {
            byte[] damaged = png.clone();
            damaged[png.length * part / 10] ^= 0x10;

            assertThat(refused(normaliser, MutatedPhotos.withChecksums(damaged)).detail())
                    .as("part %d", part)
                    .contains("damaged");
        }
    }

    @Test
    void refusesAGifThatIsDamaged() throws Exception {
        byte[] gif = PhotoKind.ANIMATED_GIF.photo(WIDTH, HEIGHT);
        int first = gif.length / 2; // the second picture is not looked at
        for (int part = 2; part < 9; part++) {
            byte[] damaged = gif.clone();
            damaged[first * part / 10] ^= 0x41;
            damaged[first * part / 10 + 1] ^= 0x14;

            assertThat(refused(normaliser, damaged).detail())
                    .as("part %d", part)
                    .contains("damaged GIF");
        }
        byte[] second = gif.clone();
        second[first * 3 / 2] ^= 0x41;
        assertThat(normalised(normaliser, second).format()).isEqualTo(PhotoFormat.JPEG);
    }

    private static byte[] heic() throws IOException, InterruptedException {
        return PhotoSamples.packedBy(
                List.of("heif-enc", "-q", "60", "IN", "-o", "OUT"), ".png", List.of(packed(picture(), "png")), ".heic");
    }

    private static byte[] avif() throws IOException, InterruptedException {
        return PhotoSamples.packedBy(
                List.of("avifenc", "-s", "9", "--min", "10", "--max", "20", "IN", "OUT"),
                ".png",
                List.of(packed(picture(), "png")),
                ".avif");
    }

    private static int beginOfData(byte[] photo) {
        return new String(photo, StandardCharsets.ISO_8859_1).indexOf("mdat") + 4;
    }

    /** As of a file of which only a part has come, on a disk or in a store that gave all of it room. */
    @Test
    @NeedsTools({AVIFENC, HEIF_ENC, HEIF_CONVERT})
    void refusesAHeicOrAvifWhoseRestIsNone() throws Exception {
        PhotoNormaliser alone = new PhotoNormaliser(WITHOUT_CONVERTER);
        for (byte[] photo : List.of(heic(), avif())) {
            int begin = beginOfData(photo);
            for (int part = 1; part < 10; part++) {
                byte[] damaged = photo.clone();
                byte filling = (byte) (part % 2 == 0 ? 0 : 0xFF);
                Arrays.fill(damaged, begin + (photo.length - begin) * part / 10, photo.length, filling);

                assertThat(refused(normaliser, damaged).detail())
                        .as("part %d", part)
                        .contains("damaged");
                assertThat(refused(alone, damaged).fault()).isEqualTo(Fault.NOT_AN_IMAGE);
            }
            assertThat(normalised(normaliser, photo).format()).isEqualTo(PhotoFormat.JPEG);
        }
    }

    @Test
    @NeedsTools({HEIF_ENC, HEIF_CONVERT})
    void takesAHeicOfWhichHardlyAnythingIsLost() throws Exception {
        byte[] photo = heic();
        Arrays.fill(photo, photo.length - photo.length / 50, photo.length, (byte) 0);

        assertThat(normalised(normaliser, photo).format()).isEqualTo(PhotoFormat.JPEG);
    }

    @Test
    @NeedsTools({HEIF_ENC, HEIF_CONVERT})
    void refusesAHeicOfWhichTooManyTilesAreLost() throws Exception {
        byte[] tile = PhotoSamples.packedBy(
                List.of("heif-enc", "-q", "60", "IN", "-o", "OUT"),
                ".png",
                List.of(packed(picture().getSubimage(0, 0, 64, 64), "png")),
                ".heic");
        TiledHeic photo = TiledHeic.of(tile, 64, 5);

        assertThat(normalised(normaliser, photo.without(0)).width()).isEqualTo(320);
        assertThat(normalised(normaliser, photo.without(1)).width()).isEqualTo(320);
        assertThat(refused(normaliser, photo.without(2)).detail()).contains("damaged HEIC, of which 7 %");
    }

    /** Its codes fit again behind a wrong one, so only the thumbnail shows that the picture is another one. */
    @Test
    @NeedsTools({HEIF_ENC, HEIF_CONVERT})
    void refusesAHeicThatItsThumbnailDoesNotShow() throws Exception {
        byte[] photo = PhotoSamples.packedBy(
                List.of("heif-enc", "-q", "60", "-t", "160", "IN", "-o", "OUT"),
                ".png",
                List.of(packed(picture(), "png")),
                ".heic");
        assertThat(normalised(normaliser, photo).format()).isEqualTo(PhotoFormat.JPEG);
        int begin = beginOfData(photo);
        int refusals = 0;
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            byte[] damaged = photo.clone();
            for (int byteOf = 0; byteOf < 200; byteOf++) {
                damaged[begin + (photo.length - begin) * 3 / 10 + byteOf] ^= (byte) (1 << random.nextInt(8));
            }
            refusals += normaliser.normalise(ByteBuffer.wrap(damaged), TestingPhotos.MEMORY) instanceof Refused ? 1 : 0;
        }

        assertThat(refusals).isGreaterThanOrEqualTo(8);
    }

    private static int beginOfPixels(byte[] jpeg) {
        int at = 2;
        while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] != (byte) 0xDA) {
            at++;
        }
        return at + 2 + (jpeg[at + 2] << 8) + jpeg[at + 3];
    }

    private static byte[] withRestarts(BufferedImage picture, int interval) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture), null);
            String format = metadata.getNativeMetadataFormatName();
            IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree(format);
            IIOMetadataNode restarts = new IIOMetadataNode("dri");
            restarts.setAttribute("interval", Integer.toString(interval));
            tree.getLastChild().insertBefore(restarts, tree.getLastChild().getLastChild());
            metadata.setFromTree(format, tree);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, metadata), null);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
