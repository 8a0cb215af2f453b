package io.pawline.photos;

import static io.pawline.photos.TestingPhotos.assertHasNoSecrets;
import static io.pawline.photos.TestingPhotos.assertIsNear;
import static io.pawline.photos.TestingPhotos.assertIsScene;
import static io.pawline.photos.TestingPhotos.normalised;
import static io.pawline.photos.TestingPhotos.refused;
import static io.pawline.testkit.NeedsTools.Tool.AVIFENC;
import static io.pawline.testkit.NeedsTools.Tool.CWEBP;
import static io.pawline.testkit.NeedsTools.Tool.EXIFTOOL;
import static io.pawline.testkit.NeedsTools.Tool.HEIF_CONVERT;
import static io.pawline.testkit.NeedsTools.Tool.HEIF_ENC;
import static io.pawline.testkit.PhotoSamples.jpeg;
import static io.pawline.testkit.PhotoSamples.packed;
import static io.pawline.testkit.PhotoSamples.packedBy;
import static io.pawline.testkit.PhotoSamples.scene;
import static io.pawline.testkit.PhotoSamples.stored;
import static io.pawline.testkit.PhotoSamples.withMetadata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.photos.PhotoResult.Fault;
import io.pawline.photos.PhotoResult.Normalised;
import io.pawline.photos.PhotoResult.Refused;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.PhotoKind;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

/** Normalises what other programs pack: WebP, HEIC, AVIF. */
@Timeout(120)
class PackedPhotosTest {

    private static final int WIDTH = 120;
    private static final int HEIGHT = 80;

    private final PhotoNormaliser normaliser = new PhotoNormaliser(PhotoProperties.DEFAULTS);
    private final PhotoNormaliser alone = new PhotoNormaliser(withConverter("no-such-program"));

    @TempDir
    private Path folder;

    @AfterEach
    void giveBackTheMemory() {
        TestingPhotos.assertNothingIsHeld();
    }

    private static PhotoProperties withConverter(String converter) {
        return withConverter(converter, Duration.ofSeconds(60));
    }

    private static PhotoProperties withConverter(String converter, Duration time) {
        return new PhotoProperties(
                DataSize.ofMegabytes(20), 60_000_000, 2048, converter, time, DataSize.ofMegabytes(512));
    }

    @ParameterizedTest
    @MethodSource("io.pawline.testkit.PhotoKind#ofPrograms")
    @NeedsTools({AVIFENC, CWEBP, HEIF_CONVERT, HEIF_ENC})
    void makesAPlainJpegOfAPackedPhoto(PhotoKind kind) throws Exception {
        byte[] photo = kind.photo(WIDTH, HEIGHT);
        assertThat(new String(photo, StandardCharsets.ISO_8859_1)).contains("SERIAL-4711");

        assertIsScene(normalised(normaliser, photo), WIDTH, HEIGHT);
    }

    @ParameterizedTest
    @MethodSource("io.pawline.testkit.PhotoKind#ofPrograms")
    @NeedsTools({AVIFENC, CWEBP, HEIF_CONVERT, HEIF_ENC})
    void refusesAPackedPhotoThatIsCutOff(PhotoKind kind) throws Exception {
        byte[] photo = kind.photo(WIDTH, HEIGHT);
        for (int part = 1; part < 10; part++) {
            assertThat(refused(normaliser, Arrays.copyOf(photo, photo.length * part / 10))
                            .fault())
                    .isEqualTo(Fault.NOT_AN_IMAGE);
        }
    }

    @Test
    @NeedsTools(CWEBP)
    void putsATransparentWebpOnWhite() throws Exception {
        for (String option : List.of("-lossless", "-noalpha", "-exact")) {
            BufferedImage transparent = new BufferedImage(40, 40, BufferedImage.TYPE_INT_ARGB);
            for (int at = 0; at < 400; at++) {
                transparent.setRGB(at % 20, at / 20, 0xFF00FF00);
            }

            Normalised photo = normalised(normaliser, PhotoKind.webp(transparent, option));

            int seen = ImageIO.read(new ByteArrayInputStream(photo.bytes())).getRGB(35, 35);
            if (option.equals("-noalpha")) {
                assertThat(seen & 0xFFFFFF).isNotEqualTo(0xFFFFFF);
            } else {
                assertIsNear(seen, 0xFFFFFF);
            }
        }
    }

    private static byte[] heic(BufferedImage image, int orientation) throws IOException, InterruptedException {
        return packedBy(
                List.of("heif-enc", "-q", "90", "IN", "-o", "OUT"),
                ".jpg",
                List.of(withMetadata(jpeg(image, 0.95f, false), orientation)),
                ".heic");
    }

    private static byte[] avif(BufferedImage image) throws IOException, InterruptedException {
        return packedBy(List.of("avifenc", "-s", "9", "IN", "OUT"), ".png", List.of(packed(image, "png")), ".avif");
    }

    @Test
    @NeedsTools({AVIFENC, HEIF_CONVERT})
    void putsATransparentAvifOnWhite() throws Exception {
        Normalised photo = normalised(normaliser, avif(new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB)));

        assertIsNear(ImageIO.read(new ByteArrayInputStream(photo.bytes())).getRGB(30, 30), 0xFFFFFF);
    }

    @Test
    @NeedsTools({HEIF_ENC, EXIFTOOL})
    void passesHeicWithoutMetadataIfNothingDecodesIt() throws Exception {
        byte[] photo = heic(scene(WIDTH, HEIGHT), 1);

        Normalised passed = normalised(alone, photo);

        assertThat(passed.format()).isEqualTo(PhotoFormat.HEIC);
        assertThat(passed.width()).isEqualTo(WIDTH);
        assertThat(new String(passed.bytes(), StandardCharsets.ISO_8859_1)).doesNotContain("SERIAL-4711");
        assertThat(exiftool(photo, ".heic")).contains("GPS");
        assertThat(exiftool(passed.bytes(), ".heic")).doesNotContain("GPS", "SERIAL", "Owner");
    }

    @Test
    @NeedsTools({HEIF_ENC, HEIF_CONVERT})
    void aHeicWithoutMetadataStillDecodes() throws Exception {
        byte[] passed = normalised(alone, heic(scene(WIDTH, HEIGHT), 1)).bytes();

        assertIsScene(normalised(normaliser, passed), WIDTH, HEIGHT);
    }

    @Test
    @NeedsTools(AVIFENC)
    void saysWhyAvifIsRefusedIfNothingDecodesIt() throws Exception {
        Refused refused = refused(alone, avif(scene(WIDTH, HEIGHT)));

        assertThat(refused.detail()).startsWith("is an AVIF, which cannot be decoded here");
    }

    @Test
    @NeedsTools(HEIF_ENC)
    void stopsAConverterThatTakesTooLong() throws Exception {
        Refused refused = refused(
                new PhotoNormaliser(withConverter(program("sleep 60"), Duration.ofSeconds(1))), heic(scene(64, 64), 1));

        assertThat(refused.detail()).contains("takes too long");
    }

    @Test
    @NeedsTools(HEIF_ENC)
    void limitsTheOutputOfAConverterAndLeavesNoFiles() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        HeifConverter greedy =
                new HeifConverter(withConverter(program("head -c 100000000 /dev/zero > \"$4\"")), temporary);

        assertThatThrownBy(() -> greedy.convert(heic(scene(64, 64), 1), PhotoFormat.HEIC, false, ByteBuffer::capacity))
                .isInstanceOf(PhotoRefusedException.class)
                .hasMessageContaining("cannot be decoded");
        assertThat(temporary).isEmptyDirectory();
    }

    /** libpng refuses some profiles, and heif-convert then leaves an empty PNG and ends well. */
    @Test
    @NeedsTools(HEIF_ENC)
    void takesAJpegWhereTheConverterMakesNoPng() throws Exception {
        Path jpeg = Files.write(folder.resolve("photo.jpg"), packed(scene(64, 64), "jpeg"));
        HeifConverter halting = new HeifConverter(
                withConverter(program("case \"$4\" in *.png) : > \"$4\" ;; *) cp '" + jpeg + "' \"$4\" ;; esac")),
                folder);

        ByteBuffer expected = ByteBuffer.wrap(Files.readAllBytes(jpeg));
        assertThat(halting.convert(heic(scene(64, 64), 1), PhotoFormat.HEIC, true, expected::equals))
                .isTrue();
    }

    @Test
    @NeedsTools(HEIF_ENC)
    void limitsTheMemoryOfAConverter() throws Exception {
        Path limit = folder.resolve("limit");
        String program = program("ulimit -v > '" + limit + "'; exit 3");

        assertThat(refused(new PhotoNormaliser(withConverter(program)), heic(scene(64, 64), 1))
                        .detail())
                .contains("cannot be decoded");
        assertThat(limit).hasContent("524288");
    }

    private String program(String script) throws IOException {
        Path program = Files.createTempFile(
                folder,
                "convert",
                ".sh",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(program, "#!/bin/sh\n" + script + "\n").toString();
    }

    private String exiftool(byte[] photo, String ending) throws IOException, InterruptedException {
        Path file = Files.write(Files.createTempFile(folder, "photo", ending), photo);
        Process exiftool = new ProcessBuilder("exiftool", "-a", "-G", "-u", file.toString())
                .redirectErrorStream(true)
                .start();
        String seen = new String(exiftool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        exiftool.waitFor();
        return seen;
    }

    @Test
    @NeedsTools({EXIFTOOL, CWEBP})
    void exiftoolFindsNoPlaceAndNoOwner() throws Exception {
        byte[] jpeg = withMetadata(jpeg(scene(WIDTH, HEIGHT), 0.9f, false), 1);
        byte[] turned = withMetadata(jpeg(stored(scene(WIDTH, HEIGHT), 8), 0.9f, false), 8);
        byte[] webp = PhotoKind.WEBP.photo(WIDTH, HEIGHT);
        for (byte[] photo : List.of(jpeg, turned, webp)) {
            assertThat(exiftool(photo, "")).contains("GPS Latitude", "Secret Maker", "SERIAL-4711");
            byte[] clean = normalised(normaliser, photo).bytes();
            assertHasNoSecrets(clean);
            assertThat(exiftool(clean, ""))
                    .doesNotContain("GPS", "Secret", "Serial", "SERIAL", "Owner", "[EXIF]", "[XMP]");
        }
    }
}
