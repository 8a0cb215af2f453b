package io.pawline.testkit;

import static io.pawline.testkit.PhotoSamples.jpeg;
import static io.pawline.testkit.PhotoSamples.packed;
import static io.pawline.testkit.PhotoSamples.packedBy;
import static io.pawline.testkit.PhotoSamples.scene;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;

/** Changes photos at random, as faults on the way and attackers do. The same seed makes the same photo. */
public final class MutatedPhotos {

    private static final int[] INTERESTING = {0, 1, 0x7F, 0x80, 0xFF, 0xD8, 0xD9, 0xDA, 0xC4};

    private MutatedPhotos() {}

    /** A format of photos. */
    public enum Kind {
        JPEG,
        PNG,
        GIF,
        BMP,
        TIFF,
        WEBP,
        HEIC,
        AVIF;

        /** Whole photos of the format. */
        public List<byte[]> seeds() throws IOException, InterruptedException {
            BufferedImage small = scene(48, 32);
            BufferedImage palette = scene(48, 32, BufferedImage.TYPE_BYTE_INDEXED);
            List<byte[]> png = List.of(packed(small, "png"));
            return switch (this) {
                case JPEG ->
                    List.of(
                            PhotoSamples.withMetadata(jpeg(small, 0.9f, false), 6),
                            jpeg(small, 0.9f, true),
                            PhotoSamples.inkJpeg(small));
                case PNG -> List.of(packed(small, "png"), packed(palette, "png"));
                case GIF -> List.of(packed(palette, "gif"));
                case BMP -> List.of(packed(small, "bmp"), packed(palette, "bmp"));
                case TIFF -> List.of(packed(small, "tiff"), packed(palette, "tiff"));
                case WEBP ->
                    List.of(
                            packedBy(List.of("cwebp", "-quiet", "IN", "-o", "OUT"), ".png", png, ".webp"),
                            packedBy(List.of("cwebp", "-quiet", "-lossless", "IN", "-o", "OUT"), ".png", png, ".webp"));
                case HEIC ->
                    List.of(packedBy(
                            List.of("heif-enc", "IN", "-o", "OUT"),
                            ".jpg",
                            List.of(PhotoSamples.withMetadata(jpeg(scene(64, 64), 0.9f, false), 1)),
                            ".heic"));
                case AVIF -> List.of(packedBy(List.of("avifenc", "-s", "9", "IN", "OUT"), ".png", png, ".avif"));
            };
        }
    }

    /** One of these photos, changed as this seed says: bytes set, swapped, cut out, doubled, or the end cut off. */
    public static byte[] mutated(List<byte[]> photos, long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        byte[] photo = photos.get(random.nextInt(photos.size())).clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            // Half of the changes hit the headers
            int at = random.nextInt(random.nextBoolean() ? photo.length : Math.min(photo.length, 128));
            switch (random.nextInt(8)) {
                case 0 -> photo = Arrays.copyOf(photo, Math.max(1, at));
                case 1 -> photo = without(photo, at, 1 + random.nextInt(16));
                case 2 -> photo = doubled(photo, at, 1 + random.nextInt(64));
                case 3 -> photo[at] ^= (byte) (1 << random.nextInt(8));
                case 4 -> Arrays.fill(photo, at, Math.min(photo.length, at + 4), (byte) 0xFF);
                case 5 -> photo[at] = (byte) INTERESTING[random.nextInt(INTERESTING.length)];
                default -> photo[at] = (byte) random.nextInt(256);
            }
        }
        return random.nextBoolean() ? withChecksums(photo) : photo;
    }

    private static byte[] without(byte[] photo, int at, int count) {
        int end = Math.min(photo.length, at + count);
        byte[] shorter = Arrays.copyOf(photo, photo.length - (end - at));
        System.arraycopy(photo, end, shorter, at, photo.length - end);
        return shorter.length == 0 ? photo : shorter;
    }

    private static byte[] doubled(byte[] photo, int at, int count) {
        int end = Math.min(photo.length, at + count);
        byte[] longer = Arrays.copyOf(photo, photo.length + (end - at));
        System.arraycopy(photo, at, longer, end, photo.length - at);
        return longer;
    }

    /** Makes the checksums of a PNG right again, so that decoders see what has changed. Other files stay as they are. */
    public static byte[] withChecksums(byte[] photo) {
        ByteBuffer file = ByteBuffer.wrap(photo);
        if (photo.length < 8 || file.getInt(0) != 0x89504E47) {
            return photo;
        }
        for (int at = 8; at + 12 <= photo.length; ) {
            int length = file.getInt(at);
            if (length < 0 || length > photo.length - at - 12) {
                break;
            }
            CRC32 checksum = new CRC32();
            checksum.update(photo, at + 4, length + 4);
            file.putInt(at + 8 + length, (int) checksum.getValue());
            at += 12 + length;
        }
        return photo;
    }
}
