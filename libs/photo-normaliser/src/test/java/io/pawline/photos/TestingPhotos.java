package io.pawline.photos;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.photos.PhotoResult.Normalised;
import io.pawline.photos.PhotoResult.Refused;
import io.pawline.testkit.PhotoSamples;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;

/** Normalises photos in tests, and looks at what comes out. */
final class TestingPhotos {

    private static final AtomicLong HELD = new AtomicLong();

    private TestingPhotos() {}

    /** A memory that must be given back. */
    static final WorkingMemory MEMORY = new WorkingMemory(200_000_000, bytes -> {
        HELD.addAndGet(bytes);
        return () -> HELD.addAndGet(-bytes);
    });

    static void assertNothingIsHeld() {
        assertThat(HELD).hasValue(0);
    }

    static Normalised normalised(PhotoNormaliser normaliser, byte[] photo) throws InterruptedException {
        PhotoResult result = normaliser.normalise(ByteBuffer.wrap(photo), MEMORY);
        assertThat(result).isInstanceOf(Normalised.class);
        return (Normalised) result;
    }

    static Refused refused(PhotoNormaliser normaliser, byte[] photo) throws InterruptedException {
        PhotoResult result = normaliser.normalise(ByteBuffer.wrap(photo), MEMORY);
        assertThat(result).isInstanceOf(Refused.class);
        return (Refused) result;
    }

    /** Checks that it is the scene in this size, upright and in its colours, without anything of its metadata. */
    static void assertIsScene(Normalised photo, int width, int height) throws IOException {
        assertThat(photo.format()).isEqualTo(PhotoFormat.JPEG);
        assertHasNoSecrets(photo.bytes());
        BufferedImage seen = ImageIO.read(new ByteArrayInputStream(photo.bytes()));
        assertThat(seen.getWidth()).isEqualTo(photo.width()).isEqualTo(width);
        assertThat(seen.getHeight()).isEqualTo(photo.height()).isEqualTo(height);
        BufferedImage scene = PhotoSamples.scene(width, height);
        for (int x : new int[] {width / 4, width * 3 / 4}) {
            for (int y : new int[] {height / 4, height * 3 / 4}) {
                assertIsNear(seen.getRGB(x, y), scene.getRGB(x, y));
            }
        }
    }

    static void assertIsNear(int pixel, int expected) {
        for (int shift = 0; shift < 24; shift += 8) {
            assertThat(pixel >> shift & 255)
                    .as("%08x, not %08x", pixel, expected)
                    .isBetween((expected >> shift & 255) - 12, (expected >> shift & 255) + 12);
        }
    }

    static void assertHasNoSecrets(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(PhotoSamples.SECRETS).noneMatch(text::contains);
        assertThat(text).doesNotContain("Exif", "GPSLatitude");
    }
}
