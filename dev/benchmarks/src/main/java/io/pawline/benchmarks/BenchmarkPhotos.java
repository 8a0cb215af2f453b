package io.pawline.benchmarks;

import io.pawline.testkit.PhotoSamples;
import io.pawline.testkit.RepeatedJpeg;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes photos for the benchmarks: soft colours with the noise of a camera, and metadata of a phone. */
final class BenchmarkPhotos {

    private static final int TWELVE_MEGAPIXELS_WIDTH = 4032;
    private static final int TWELVE_MEGAPIXELS_HEIGHT = 3024;

    private BenchmarkPhotos() {}

    /** A picture of this size. */
    static BufferedImage picture(int width, int height) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
        Random random = new Random(width);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double wave = 60 * Math.sin(x * 12.0 / width) + 50 * Math.cos(y * 12.0 / width);
                int red = Math.clamp((int) (128 + wave) + random.nextInt(12) - 6, 0, 255);
                pixels[y * width + x] = (red << 16) | ((red * 3 / 4) << 8) | (255 - red);
            }
        }
        return picture;
    }

    /** A JPEG of 12 million pixels as a phone makes it, upright when it is turned to the right. */
    static byte[] ofAPhone() {
        return PhotoSamples.withMetadata(
                PhotoSamples.jpeg(
                        picture(TWELVE_MEGAPIXELS_WIDTH, TWELVE_MEGAPIXELS_HEIGHT), /* quality= */ 0.9f, false),
                /* orientation= */ 6);
    }

    /** The same, with as much behind it as makes this many bytes; without its pixels if they are too many. */
    static byte[] large(int bytes) {
        byte[] photo = ofAPhone();
        byte[] small = photo.length <= bytes
                ? photo
                : PhotoSamples.withMetadata(PhotoSamples.jpeg(picture(1200, 900), 0.9f, false), 6);
        return Arrays.copyOf(small, bytes);
    }

    /**
     * Photos of all formats, of 0.3 to 48 million pixels, half of them turned where the format can say so.
     *
     * @param small only small ones
     */
    static List<byte[]> everyKind(boolean small) throws IOException, InterruptedException {
        int[][] sizes = small
                ? new int[][] {{640, 480}, {1200, 900}}
                : new int[][] {{640, 480}, {1600, 1200}, {4032, 3024}, {8064, 6048}};
        List<byte[]> photos = new ArrayList<>();
        for (int[] size : sizes) {
            BufferedImage picture = picture(size[0], size[1]);
            for (boolean progressive : new boolean[] {false, true}) {
                byte[] jpeg = PhotoSamples.jpeg(picture, 0.85f, progressive);
                for (int orientation = 1; orientation <= 8; orientation++) {
                    photos.add(PhotoSamples.withMetadata(jpeg, orientation));
                }
            }
            // As high as the others, with the colours of each pixel
            photos.add(RepeatedJpeg.of(
                    PhotoSamples.fullColourJpeg(PhotoSamples.scene(size[0], 16).getSubimage(0, 0, size[0], 8), true),
                    size[1] / 8));
            photos.add(PhotoSamples.packedBy(
                    List.of("heif-enc", "-q", "60", "-p", "preset=ultrafast", "IN", "-o", "OUT"),
                    ".jpg",
                    List.of(PhotoSamples.jpeg(picture, 0.9f, false)),
                    ".heic"));
            if ((long) size[0] * size[1] < 20_000_000) { // more is too much for the encoder
                photos.add(PhotoSamples.packedBy(
                        List.of("avifenc", "-s", "10", "-j", "2", "IN", "OUT"),
                        ".jpg",
                        List.of(PhotoSamples.jpeg(picture, 0.9f, false)),
                        ".avif"));
            }
            photos.add(PhotoSamples.packedBy(
                    List.of("cwebp", "-quiet", "-m", "0", "IN", "-o", "OUT"),
                    ".jpg",
                    List.of(PhotoSamples.jpeg(picture, 0.9f, false)),
                    ".webp"));
            BufferedImage flat = PhotoSamples.scene(size[0], size[1]);
            BufferedImage palette = PhotoSamples.scene(size[0], size[1], BufferedImage.TYPE_BYTE_INDEXED);
            byte[] turned = PhotoSamples.chunk("eXIf", PhotoSamples.exif(6));
            photos.add(PhotoSamples.withChunks(PhotoSamples.packed(flat, "png"), turned));
            photos.add(PhotoSamples.packed(palette, "gif"));
            if ((long) size[0] * size[1] < 6_000_000) { // not packed: 20 MB are less than seven million pixels
                photos.add(PhotoSamples.packed(flat, "bmp"));
                photos.add(PhotoSamples.packed(flat, "tiff"));
            }
        }
        return photos;
    }
}
