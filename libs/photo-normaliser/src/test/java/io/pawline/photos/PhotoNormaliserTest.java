package io.pawline.photos;

import static io.pawline.photos.TestingPhotos.MEMORY;
import static io.pawline.photos.TestingPhotos.assertIsNear;
import static io.pawline.photos.TestingPhotos.assertIsScene;
import static io.pawline.photos.TestingPhotos.normalised;
import static io.pawline.photos.TestingPhotos.refused;
import static io.pawline.testkit.PhotoSamples.chunk;
import static io.pawline.testkit.PhotoSamples.joined;
import static io.pawline.testkit.PhotoSamples.jpeg;
import static io.pawline.testkit.PhotoSamples.packed;
import static io.pawline.testkit.PhotoSamples.scene;
import static io.pawline.testkit.PhotoSamples.segment;
import static io.pawline.testkit.PhotoSamples.stored;
import static io.pawline.testkit.PhotoSamples.withChunks;
import static io.pawline.testkit.PhotoSamples.withMetadata;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.photos.PhotoResult.Fault;
import io.pawline.photos.PhotoResult.Normalised;
import io.pawline.photos.PhotoResult.Refused;
import io.pawline.testkit.PhotoKind;
import io.pawline.testkit.PhotoSamples;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PhotoNormaliserTest {

    private static final int WIDTH = 120;
    private static final int HEIGHT = 80;

    private final PhotoNormaliser normaliser = new PhotoNormaliser(PhotoProperties.DEFAULTS);

    @AfterEach
    void giveBackTheMemory() {
        TestingPhotos.assertNothingIsHeld();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void turnsAPhotoUprightAsItsExifSays(int orientation) throws Exception {
        byte[] photo = jpeg(stored(scene(WIDTH, HEIGHT), orientation), 0.95f, false);

        assertIsScene(normalised(normaliser, withMetadata(photo, orientation)), WIDTH, HEIGHT);
    }

    @Test
    void passesASmallJpegWithoutItsMetadata() throws Exception {
        byte[] plain = jpeg(scene(WIDTH, HEIGHT), 0.95f, false);
        byte[] photo = joined(List.of(withMetadata(plain, 1), segment(0xE1, new byte[100])));

        Normalised passed = normalised(normaliser, photo);

        assertIsScene(passed, WIDTH, HEIGHT);
        int pixels = pixelsBegin(plain);
        assertThat(Arrays.copyOfRange(passed.bytes(), pixelsBegin(passed.bytes()), passed.bytes().length))
                .as("the packed pixels")
                .isEqualTo(Arrays.copyOfRange(plain, pixels, plain.length));
    }

    /** Where the quantisation tables begin, which stand before the pixels. */
    private static int pixelsBegin(byte[] jpeg) {
        int at = 0;
        while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] != (byte) 0xDB) {
            at++;
        }
        return at;
    }

    @ParameterizedTest
    @MethodSource("io.pawline.testkit.PhotoKind#ofJava")
    void makesAPlainJpegOf(PhotoKind kind) throws Exception {
        byte[] photo = kind.photo(WIDTH, HEIGHT);
        assertThat(new String(photo, ISO_8859_1)).as("the photo as it comes").contains("SERIAL-4711");

        assertIsScene(normalised(normaliser, photo), WIDTH, HEIGHT);
    }

    /** Its first scan alone is a picture of coarse squares. */
    @Test
    void decodesAProgressiveJpegToItsLastScan() throws Exception {
        BufferedImage fine = PhotoSamples.petScene(600, 400, BufferedImage.TYPE_INT_RGB);

        Normalised progressive = normalised(normaliser, withMetadata(jpeg(fine, 0.9f, true), 6));

        assertThat(progressive.bytes())
                .isEqualTo(normalised(normaliser, withMetadata(jpeg(fine, 0.9f, false), 6))
                        .bytes());
    }

    @ParameterizedTest
    @MethodSource("io.pawline.testkit.PhotoKind#ofJava")
    void refusesAPhotoThatIsCutOffInTheMiddle(PhotoKind kind) throws Exception {
        byte[] photo = kind.photo(WIDTH, HEIGHT);
        int whole = kind.bytesOfFirstPicture(photo);
        for (int part = 1; part < 10; part++) {
            Refused refused = refused(normaliser, Arrays.copyOf(photo, whole * part / 10));
            assertThat(refused.fault()).isEqualTo(Fault.NOT_AN_IMAGE);
        }
    }

    @Test
    void putsATransparentPhotoOnWhite() throws Exception {
        BufferedImage transparent = new BufferedImage(40, 40, BufferedImage.TYPE_INT_ARGB);
        transparent.setRGB(5, 5, 0xFF000000);

        Normalised photo = normalised(normaliser, packed(transparent, "png"));

        assertIsNear(ImageIO.read(new ByteArrayInputStream(photo.bytes())).getRGB(30, 30), 0xFFFFFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "tiff", "jpeg"})
    void keepsGreyAsItIs(String format) throws Exception {
        for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
            if (type == BufferedImage.TYPE_USHORT_GRAY && format.equals("jpeg")) {
                continue;
            }
            BufferedImage grey = new BufferedImage(3000, 40, type);
            int[] samples = new int[3000 * 40];
            Arrays.fill(samples, type == BufferedImage.TYPE_BYTE_GRAY ? 128 : 128 * 257);
            grey.getRaster().setPixels(0, 0, 3000, 40, samples);

            Normalised photo = normalised(normaliser, packed(grey, format));

            assertThat(photo.width()).isEqualTo(2048);
            assertIsNear(ImageIO.read(new ByteArrayInputStream(photo.bytes())).getRGB(9, 9), 0x808080);
        }
    }

    @Test
    void convertsTheColoursOfAProfileToSrgb() throws Exception {
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] photo = withProfile(jpeg(scene(WIDTH, HEIGHT), 0.95f, false), linear);

        BufferedImage seen = ImageIO.read(
                new ByteArrayInputStream(normalised(normaliser, photo).bytes()));

        // Half of the light, which sRGB writes as 188
        assertIsNear(seen.getRGB(WIDTH * 3 / 4, HEIGHT * 3 / 4), 0xBCBCBC);
    }

    @Test
    void honoursTheProfileOfAPng() throws Exception {
        ByteArrayOutputStream profile = new ByteArrayOutputStream();
        profile.writeBytes(new byte[] {'x', 0, 0});
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(profile)) {
            deflater.write(ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData());
        }
        byte[] photo = withChunks(packed(scene(WIDTH, HEIGHT), "png"), chunk("iCCP", profile.toByteArray()));

        BufferedImage seen = ImageIO.read(
                new ByteArrayInputStream(normalised(normaliser, photo).bytes()));

        assertIsNear(seen.getRGB(WIDTH * 3 / 4, HEIGHT * 3 / 4), 0xBCBCBC);
    }

    @Test
    void passesAJpegWhoseProfileIsSrgb() throws Exception {
        byte[] plain = jpeg(scene(WIDTH, HEIGHT), 0.95f, false);
        byte[] srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();

        byte[] passed = normalised(normaliser, withProfile(plain, srgb)).bytes();

        assertThat(passed).isEqualTo(normalised(normaliser, plain).bytes());
    }

    @Test
    void takesABrokenProfileForSrgb() throws Exception {
        byte[] broken = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        new Random(1).nextBytes(broken);

        assertIsScene(
                normalised(normaliser, withProfile(jpeg(scene(WIDTH, HEIGHT), 0.95f, false), broken)), WIDTH, HEIGHT);
    }

    private static byte[] withProfile(byte[] jpeg, byte[] profile) {
        byte[] name = "ICC_PROFILE\0\1\1".getBytes(StandardCharsets.US_ASCII);
        byte[] segment = segment(0xE2, joined(List.of(name, profile)));
        return joined(List.of(Arrays.copyOf(jpeg, 2), segment, Arrays.copyOfRange(jpeg, 2, jpeg.length)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "tiff"})
    void scalesALargePhotoDown(String format) throws Exception {
        BufferedImage large =
                scene(2500, 1500, format.equals("gif") ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_INT_RGB);

        assertIsScene(normalised(normaliser, packed(large, format)), 2048, 1229);
    }

    /** Only every second pixel is decoded, or the decoded ones would take 54 MB. */
    @Test
    void decodesAVeryLargePhotoInPart() throws Exception {
        BufferedImage large = scene(6000, 4500, BufferedImage.TYPE_BYTE_INDEXED);
        byte[] photo = packed(large, "png");
        WorkingMemory small = new WorkingMemory(60_000_000, MEMORY.source());

        PhotoResult result = normaliser.normalise(ByteBuffer.wrap(photo), small);

        assertThat(result).isInstanceOf(Normalised.class);
        assertIsScene((Normalised) result, 2048, 1536);
    }

    @Test
    void refusesWhatIsTooLarge() throws Exception {
        byte[] png = packed(scene(40, 40), "png");
        ByteBuffer.wrap(png).putInt(16, 10_000).putInt(20, 6_001);
        assertThat(refused(normaliser, png).detail())
                .startsWith("has 10000 x 6001 pixels, 60000000 in all are allowed");

        assertThat(refused(normaliser, new byte[20 * 1024 * 1024 + 1]))
                .isEqualTo(
                        new Refused(Fault.TOO_LARGE, "has 20971521 bytes, 20971520 are allowed: send a smaller one"));
    }

    @Test
    void refusesAPhotoThatNeedsMoreMemoryThanThereIs() throws Exception {
        byte[] photo = packed(scene(2500, 1500), "png");

        PhotoResult result =
                normaliser.normalise(ByteBuffer.wrap(photo), new WorkingMemory(10_000_000, MEMORY.source()));

        assertThat(result).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(Fault.TOO_LARGE);
            assertThat(refused.detail()).contains("MB of memory");
        });
    }

    /** The coefficients of a JPEG that comes in several scans are all in memory at once, outside the heap. */
    @Test
    void countsTheMemoryOfAProgressiveJpegOutsideTheHeap() throws Exception {
        AtomicLong taken = new AtomicLong();
        WorkingMemory memory = new WorkingMemory(90_000_000, bytes -> {
            taken.set(bytes);
            return () -> {};
        });
        byte[] progressive = jpeg(scene(2100, 1400), 0.9f, true);
        assertThat(normaliser.normalise(ByteBuffer.wrap(progressive), memory)).isInstanceOf(Normalised.class);
        long of = taken.get();
        byte[] plain = jpeg(scene(2100, 1400), 0.9f, false);
        assertThat(normaliser.normalise(ByteBuffer.wrap(plain), memory)).isInstanceOf(Normalised.class);
        long coefficients = 2100L * 1400 * 3 / 2;
        assertThat(of - taken.get()).isBetween(coefficients * 2 - 10, coefficients * 2 + 10);
    }

    /** Its palette is another one than was written, which no decoder notices. */
    @Test
    void refusesAPngWhoseChecksumIsWrong() throws Exception {
        byte[] png = packed(scene(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED), "png");
        png[33 + 8] ^= 1;

        assertThat(refused(normaliser, png).detail()).contains("damaged PNG");
    }

    @ParameterizedTest
    @ValueSource(strings = {"14x100", "100x14", "4000x20"})
    void refusesAPhotoThatTheModelFindsTooSmall(String size) throws Exception {
        String[] sides = size.split("x", -1);
        byte[] photo = packed(scene(Integer.parseInt(sides[0]), Integer.parseInt(sides[1])), "png");

        assertThat(refused(normaliser, photo).detail()).contains("too small or too narrow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html><body>404 Not Found", "%PDF-1.7 and so on and on", "BM", "", "GIF89a"})
    void refusesWhatIsNoPhoto(String text) throws Exception {
        Refused refused = refused(normaliser, text.getBytes(StandardCharsets.US_ASCII));

        assertThat(refused.fault()).isEqualTo(Fault.NOT_AN_IMAGE);
        assertThat(refused.detail()).startsWith("is no JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF");
    }

    /** As many as a file of 20 MB has room for take minutes to decode, and no camera writes so many. */
    @Test
    void refusesAJpegOfVeryManyScans() throws Exception {
        byte[] jpeg = jpeg(scene(WIDTH, HEIGHT), 0.95f, true);
        byte[] scan = {(byte) 0xFF, (byte) 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0, 0};
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        many.write(jpeg, 0, jpeg.length - 2);
        for (int count = 0; count < 100; count++) {
            many.writeBytes(scan);
        }
        many.write(jpeg, jpeg.length - 2, 2);

        assertThat(refused(normaliser, many.toByteArray()).detail()).contains("more than 100 scans");
    }

    @Test
    void refusesAJpegWithoutPixels() throws Exception {
        byte[] jpeg = jpeg(scene(WIDTH, HEIGHT), 0.95f, false);
        int scan = new String(jpeg, ISO_8859_1).indexOf("\u00FF\u00DA");
        int data = scan + 2 + (jpeg[scan + 2] << 8) + jpeg[scan + 3];
        ByteArrayOutputStream empty = new ByteArrayOutputStream();
        empty.write(jpeg, 0, data);
        empty.write(jpeg, jpeg.length - 2, 2);

        assertThat(refused(normaliser, empty.toByteArray()).detail()).contains("ends early");
    }

    @Test
    void refusesARawFileOfACamera() throws Exception {
        byte[] tiff = packed(scene(WIDTH, HEIGHT), "tiff");
        ByteBuffer file = ByteBuffer.wrap(tiff);
        int at = file.getInt(4) + 2;
        while (file.getShort(at) != 0x0102 || file.getShort(at + 2) != 3) {
            at += 12;
        }
        // A field that nobody needs, in its place: DNGVersion
        file.putShort(at, (short) 50706);

        assertThat(refused(normaliser, tiff).detail()).contains("raw file of a camera");
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError(),
                new ArrayIndexOutOfBoundsException(-1),
                new IOException("broken"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void refusesAPhotoWhateverADecoderThrows(Throwable failure) {
        PhotoResult result = PhotoNormaliser.outcome(() -> {
            switch (failure) {
                case Error error -> throw error;
                case RuntimeException bug -> throw bug;
                default -> throw (IOException) failure;
            }
        });

        assertThat(result).isEqualTo(new Refused(Fault.NOT_AN_IMAGE, "cannot be decoded: it is damaged, save it anew"));
    }

    @Test
    void packsADetailedPhotoIntoFewBytes() throws Exception {
        BufferedImage noise = new BufferedImage(1600, 1200, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < 1200; y++) {
            for (int x = 0; x < 1600; x++) {
                noise.setRGB(x, y, (random.nextInt() & 0x3F3F3F) | 0x404040);
            }
        }

        byte[] photo = normalised(normaliser, jpeg(noise, 1, false)).bytes();

        assertThat(photo.length).isLessThan(1_000_000);
    }
}
