package io.pawline.testkit;

import static io.pawline.testkit.PhotoSamples.joined;
import static io.pawline.testkit.PhotoSamples.jpeg;
import static io.pawline.testkit.PhotoSamples.packed;
import static io.pawline.testkit.PhotoSamples.packedBy;
import static io.pawline.testkit.PhotoSamples.petScene;
import static io.pawline.testkit.PhotoSamples.stored;
import static io.pawline.testkit.PhotoSamples.withChunks;
import static io.pawline.testkit.PhotoSamples.withMetadata;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the kinds of photos that people have. Each shows {@link PhotoSamples#petScene}, and names a serial number where
 * its format has room for that, behind its pixels if nowhere else.
 */
public enum PhotoKind {
    JPEG,
    /** It lies on its side, and its Exif says so. */
    TURNED_JPEG,
    PROGRESSIVE_JPEG,
    /** Cyan, magenta, yellow and black, as Adobe stores them. */
    INK_JPEG,
    /** Two pictures in one file: MPO, Ultra HDR. */
    DOUBLE_JPEG,
    /** A JPEG with a film behind it. */
    MOTION_PHOTO,
    PNG,
    TURNED_PNG,
    PALETTE_PNG,
    DEEP_PNG,
    INTERLACED_PNG,
    ANIMATED_PNG,
    GIF,
    ANIMATED_GIF,
    BMP,
    PALETTE_BMP,
    TIFF,
    TURNED_TIFF,
    LZW_TIFF,
    DEFLATE_TIFF,
    JPEG_TIFF,
    DEEP_TIFF,
    WEBP,
    TURNED_WEBP,
    LOSSLESS_WEBP,
    ANIMATED_WEBP,
    HEIC,
    AVIF,
    ANIMATED_AVIF;

    private static final byte[] SERIAL = ascii("SERIAL-4711");

    /** The kinds that are made and decoded by Java alone. */
    public static Stream<PhotoKind> ofJava() {
        return Stream.of(values()).filter(kind -> !kind.needsPrograms());
    }

    /** The kinds that {@code cwebp}, {@code heif-enc} or {@code avifenc} makes. */
    public static Stream<PhotoKind> ofPrograms() {
        return Stream.of(values()).filter(PhotoKind::needsPrograms);
    }

    private boolean needsPrograms() {
        return compareTo(WEBP) >= 0;
    }

    /** A photo of this kind, of so many pixels when it is upright. */
    public byte[] photo(int width, int height) throws IOException, InterruptedException {
        BufferedImage scene = petScene(width, height, BufferedImage.TYPE_INT_RGB);
        return switch (this) {
            case JPEG -> withMetadata(jpeg(scene, 0.95f, false), 1);
            case TURNED_JPEG -> withMetadata(jpeg(stored(scene, 6), 0.95f, false), 6);
            case PROGRESSIVE_JPEG -> withMetadata(jpeg(stored(scene, 8), 0.95f, true), 8);
            case INK_JPEG -> withMetadata(PhotoSamples.inkJpeg(scene), 1);
            case DOUBLE_JPEG ->
                joined(List.of(
                        withMetadata(jpeg(scene, 0.95f, false), 1),
                        withMetadata(jpeg(stored(scene, 3), 0.95f, false), 3)));
            case MOTION_PHOTO -> joined(List.of(withMetadata(jpeg(scene, 0.95f, false), 1), film()));
            case PNG -> turned(packed(scene, "png"), 1);
            case TURNED_PNG -> turned(packed(stored(scene, 6), "png"), 6);
            case PALETTE_PNG -> turned(packed(ofAPalette(width, height), "png"), 1);
            case DEEP_PNG -> turned(packed(sixteenBits(scene), "png"), 1);
            case INTERLACED_PNG -> turned(written(scene, "png", true, null), 1);
            case ANIMATED_PNG -> animatedPng(turned(packed(scene, "png"), 1));
            case GIF -> gif(ofAPalette(width, height), false);
            case ANIMATED_GIF -> gif(ofAPalette(width, height), true);
            case BMP -> joined(List.of(packed(scene, "bmp"), SERIAL));
            case PALETTE_BMP -> joined(List.of(written(ofAPalette(width, height), "bmp", false, "BI_RLE8"), SERIAL));
            case TIFF -> tiff(packed(scene, "tiff"), 1);
            case TURNED_TIFF -> tiff(packed(stored(scene, 3), "tiff"), 3);
            case LZW_TIFF -> tiff(written(scene, "tiff", false, "LZW"), 1);
            case DEFLATE_TIFF -> tiff(written(scene, "tiff", false, "Deflate"), 1);
            case JPEG_TIFF -> tiff(written(scene, "tiff", false, "JPEG"), 1);
            case DEEP_TIFF -> tiff(packed(sixteenBits(scene), "tiff"), 1);
            case WEBP -> webpWithMetadata(webp(scene, "-q", "95"), width, height, 1);
            case TURNED_WEBP -> webpWithMetadata(webp(stored(scene, 6), "-q", "95"), height, width, 6);
            case LOSSLESS_WEBP -> webpWithMetadata(webp(scene, "-lossless"), width, height, 1);
            case ANIMATED_WEBP ->
                animatedWebp(width, height, webp(scene, "-q", "95"), webp(stored(scene, 3), "-q", "95"));
            case HEIC -> heic(scene);
            case AVIF -> avif(List.of(scene));
            case ANIMATED_AVIF -> avif(List.of(scene, stored(scene, 3)));
        };
    }

    /** How many bytes of a photo the first picture has, with which the file may end. */
    public int bytesOfFirstPicture(byte[] photo) {
        return switch (this) {
            case DOUBLE_JPEG, MOTION_PHOTO -> firstEnd(photo);
            case BMP, PALETTE_BMP -> photo.length - SERIAL.length;
            default -> photo.length;
        };
    }

    private static int firstEnd(byte[] jpeg) {
        int at = 2;
        while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] != (byte) 0xD9) {
            at++;
        }
        return at + 2;
    }

    private static BufferedImage ofAPalette(int width, int height) {
        return petScene(width, height, BufferedImage.TYPE_BYTE_INDEXED);
    }

    private static byte[] film() {
        return joined(List.of(new byte[] {0, 0, 0, 24}, ascii("ftypmp42\0\0\0\0isommp42 SERIAL-4711 Exif")));
    }

    /** A PNG with a place, an owner and an orientation. */
    private static byte[] turned(byte[] png, int orientation) {
        return withChunks(
                png,
                PhotoSamples.chunk("tEXt", ascii("Author\0Owner Nobody")),
                PhotoSamples.chunk("eXIf", PhotoSamples.exif(orientation)));
    }

    /** An animated PNG, whose second picture is broken: nobody decodes it. */
    private static byte[] animatedPng(byte[] png) {
        byte[] still = withChunks(png, PhotoSamples.chunk("acTL", new byte[] {0, 0, 0, 2, 0, 0, 0, 0}));
        int end = still.length - 12;
        return joined(List.of(
                Arrays.copyOf(still, end),
                PhotoSamples.chunk("fdAT", new byte[50]),
                Arrays.copyOfRange(still, end, still.length)));
    }

    /** A GIF with a comment, and with its picture once or twice. */
    private static byte[] gif(BufferedImage image, boolean twice) {
        byte[] gif = packed(image, "gif");
        int blocks = 13 + ((gif[10] & 0x80) == 0 ? 0 : 3 << ((gif[10] & 7) + 1));
        byte[] comment = joined(List.of(new byte[] {0x21, (byte) 0xFE, (byte) SERIAL.length}, SERIAL, new byte[1]));
        byte[] picture = Arrays.copyOfRange(gif, blocks, gif.length - 1);
        byte[] end = {0x3B};
        return joined(List.of(Arrays.copyOf(gif, blocks), comment, picture, twice ? picture : new byte[0], end));
    }

    /** A TIFF with a place, a serial number and an orientation. */
    private static byte[] tiff(byte[] plain, int orientation) {
        ByteBuffer file = ByteBuffer.wrap(plain);
        if (file.getInt(0) != 0x4D4D002A) {
            throw new IllegalArgumentException("the JDK writes TIFF with the high byte first");
        }
        int from = file.getInt(4);
        int count = Short.toUnsignedInt(file.getShort(from));
        int serial = plain.length + (plain.length & 1);
        int gps = serial + 12;
        int directory = gps + 6 + 2 * 12;
        List<byte[]> fields = new ArrayList<>();
        for (int field = 0; field < count; field++) {
            fields.add(Arrays.copyOfRange(plain, from + 2 + 12 * field, from + 14 + 12 * field));
        }
        fields.add(field(0x0112, 3, 1, orientation << 16));
        fields.add(field(0x8825, 4, 1, gps));
        fields.add(field(0xC62F, 2, SERIAL.length + 1, serial));
        fields.sort((one, other) -> Integer.compare(tag(one), tag(other)));
        ByteBuffer whole = ByteBuffer.allocate(directory + 6 + 12 * fields.size());
        whole.put(plain).putInt(4, directory);
        whole.position(serial).put(SERIAL);
        whole.position(gps).putShort((short) 2).put(field(1, 2, 2, 'N' << 24)).put(field(3, 2, 2, 'E' << 24));
        whole.position(directory).putShort((short) fields.size());
        fields.forEach(whole::put);
        return whole.array();
    }

    private static byte[] field(int tag, int type, int count, int value) {
        return ByteBuffer.allocate(12)
                .putShort((short) tag)
                .putShort((short) type)
                .putInt(count)
                .putInt(value)
                .array();
    }

    private static int tag(byte[] field) {
        return Short.toUnsignedInt(ByteBuffer.wrap(field).getShort());
    }

    private static BufferedImage sixteenBits(BufferedImage scene) {
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(scene.getWidth(), scene.getHeight());
        for (int y = 0; y < scene.getHeight(); y++) {
            for (int x = 0; x < scene.getWidth(); x++) {
                int pixel = scene.getRGB(x, y);
                raster.setPixel(
                        x, y, new int[] {(pixel >> 16 & 255) * 257, (pixel >> 8 & 255) * 257, (pixel & 255) * 257});
            }
        }
        return new BufferedImage(model, raster, false, null);
    }

    private static byte[] written(BufferedImage image, String format, boolean progressive, @Nullable String compression)
            throws IOException {
        ImageWriter writer = ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), format)
                .next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (progressive) {
                param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            if (compression != null) {
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionType(compression);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        }
        writer.dispose();
        return bytes.toByteArray();
    }

    /** Packs a picture with {@code cwebp} and these options. */
    public static byte[] webp(BufferedImage image, String... options) throws IOException, InterruptedException {
        List<String> command = Stream.of(Stream.of("cwebp", "-quiet"), Stream.of(options), Stream.of("IN", "-o", "OUT"))
                .flatMap(words -> words)
                .toList();
        return packedBy(command, ".png", List.of(packed(image, "png")), ".webp");
    }

    private static byte[] heic(BufferedImage image) throws IOException, InterruptedException {
        return packedBy(
                List.of("heif-enc", "-q", "90", "IN", "-o", "OUT"),
                ".jpg",
                List.of(withMetadata(jpeg(image, 0.95f, false), 1)),
                ".heic");
    }

    /** Packs a picture, or several as an animation. */
    private static byte[] avif(List<BufferedImage> images) throws IOException, InterruptedException {
        return packedBy(
                List.of("avifenc", "-s", "9", "--min", "0", "--max", "4", "IN", "OUT"),
                ".jpg",
                images.stream()
                        .map(image -> withMetadata(jpeg(image, 0.95f, false), 1))
                        .toList(),
                ".avif");
    }

    /** A WebP with metadata, whose pixels are those of this simple one. */
    public static byte[] webpWithMetadata(byte[] simple, int width, int height, int orientation) {
        byte[] extended = new byte[10];
        extended[0] = 0x08;
        ByteBuffer sizes = ByteBuffer.wrap(extended).order(ByteOrder.LITTLE_ENDIAN);
        sizes.putShort(4, (short) (width - 1)).putShort(7, (short) (height - 1));
        byte[] pixels = Arrays.copyOfRange(simple, 12, simple.length);
        return webpOf(webpChunk("VP8X", extended), pixels, webpChunk("EXIF", PhotoSamples.exif(orientation)));
    }

    /** An animated WebP whose two frames are the pixels of these simple ones, with metadata. */
    private static byte[] animatedWebp(int width, int height, byte[]... simple) {
        byte[] extended = new byte[10];
        extended[0] = 0x0A;
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
        return webpOf(
                webpChunk("VP8X", extended),
                webpChunk("ANIM", new byte[6]),
                frames.toByteArray(),
                webpChunk("EXIF", PhotoSamples.exif(1)));
    }

    private static byte[] webpOf(byte[]... chunks) {
        byte[] content = joined(List.of(chunks));
        return ByteBuffer.allocate(12 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(ascii("RIFF"))
                .putInt(4 + content.length)
                .put(ascii("WEBP"))
                .put(content)
                .array();
    }

    private static byte[] webpChunk(String name, byte[] content) {
        return ByteBuffer.allocate(8 + content.length + (content.length & 1))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(ascii(name))
                .putInt(content.length)
                .put(content)
                .array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
