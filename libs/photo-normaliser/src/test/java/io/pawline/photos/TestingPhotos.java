package io.pawline.photos;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.photos.PhotoResult.Normalised;
import io.pawline.photos.PhotoResult.Refused;
import io.pawline.testkit.PhotoSamples;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

    /** A WebP of these chunks. */
    static byte[] webp(byte[]... chunks) {
        byte[] content = PhotoSamples.joined(List.of(chunks));
        return ByteBuffer.allocate(12 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.US_ASCII))
                .putInt(4 + content.length)
                .put("WEBP".getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .array();
    }

    /** A chunk of a WebP. */
    static byte[] webpChunk(String name, byte[] content) {
        return ByteBuffer.allocate(8 + content.length + (content.length & 1))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(name.getBytes(StandardCharsets.US_ASCII))
                .putInt(content.length)
                .put(content)
                .array();
    }

    /** A WebP with metadata, whose pixels are those of this simple one. */
    static byte[] webpWithMetadata(byte[] simple, int width, int height, int orientation) {
        byte[] extended = new byte[10];
        extended[0] = 0x08;
        ByteBuffer sizes = ByteBuffer.wrap(extended).order(ByteOrder.LITTLE_ENDIAN);
        sizes.putShort(4, (short) (width - 1)).putShort(7, (short) (height - 1));
        byte[] pixels = new byte[simple.length - 12];
        System.arraycopy(simple, 12, pixels, 0, pixels.length);
        return webp(webpChunk("VP8X", extended), pixels, webpChunk("EXIF", PhotoSamples.exif(orientation)));
    }

    /** An animated WebP whose two frames are the pixels of these simple ones. */
    static byte[] animatedWebp(int width, int height, byte[]... simple) {
        byte[] extended = new byte[10];
        extended[0] = 0x02;
        ByteBuffer.wrap(extended)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(4, (short) (width - 1))
                .putShort(7, (short) (height - 1));
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (byte[] frame : simple) {
            ByteBuffer content = ByteBuffer.allocate(16 + frame.length - 12).order(ByteOrder.LITTLE_ENDIAN);
            content.putShort(6, (short) (width - 1)).putShort(9, (short) (height - 1));
            content.position(16);
            content.put(frame, 12, frame.length - 12);
            frames.writeBytes(webpChunk("ANMF", content.array()));
        }
        return webp(webpChunk("VP8X", extended), webpChunk("ANIM", new byte[6]), frames.toByteArray());
    }
}
