package io.pawline.testkit;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Makes photos in all formats that people have, with what phones write into them: a place, a serial number, an owner.
 * The scene says which way is up: red at the upper left, green at the upper right, blue at the lower left, and grey.
 */
public final class PhotoSamples {

    /** What the metadata of each photo has, and what must be in nothing that is stored or sent. */
    public static final List<String> SECRETS = List.of("SERIAL-4711", "Owner Nobody", "Secret Maker");

    private static final int[] COLOURS = {0xDC1E1E, 0x1EC81E, 0x1E1ED2, 0x808080};

    private static final IndexColorModel PALETTE =
            new IndexColorModel(8, 256, Arrays.copyOf(COLOURS, 256), 0, false, -1, DataBuffer.TYPE_BYTE);

    private PhotoSamples() {}

    /** The scene in this size. */
    public static BufferedImage scene(int width, int height) {
        return scene(width, height, BufferedImage.TYPE_INT_RGB);
    }

    /** The scene in this size, as an image of this type of {@link BufferedImage}. */
    public static BufferedImage scene(int width, int height, int type) {
        BufferedImage image = type == BufferedImage.TYPE_BYTE_INDEXED
                ? new BufferedImage(width, height, type, PALETTE)
                : new BufferedImage(width, height, type);
        Graphics2D brush = image.createGraphics();
        brush.setColor(new Color(COLOURS[0]));
        brush.fillRect(0, 0, width / 2, height / 2);
        brush.setColor(new Color(COLOURS[1]));
        brush.fillRect(width / 2, 0, width - width / 2, height / 2);
        brush.setColor(new Color(COLOURS[2]));
        brush.fillRect(0, height / 2, width / 2, height - height / 2);
        brush.setColor(new Color(COLOURS[3]));
        brush.fillRect(width / 2, height / 2, width - width / 2, height - height / 2);
        brush.dispose();
        return image;
    }

    /** The scene with the texture of a pet in its middle, which the provider simulator takes for one. */
    public static BufferedImage petScene(int width, int height, int type) {
        BufferedImage image = scene(width, height, type);
        Graphics2D brush = image.createGraphics();
        Random random = new Random(4711);
        int hair = Math.max(2, width / 60);
        for (int y = height * 3 / 10; y < height * 7 / 10; y += hair) {
            for (int x = width * 3 / 10; x < width * 7 / 10; x += hair) {
                brush.setColor(new Color(COLOURS[random.nextInt(COLOURS.length)]));
                brush.fillRect(x, y, hair, hair);
            }
        }
        brush.dispose();
        return image;
    }

    /**
     * Whether these are the colours of the scene's corners when it is upright, but for what packing changes.
     *
     * @param corners as {@code #rrggbb}: upper left, upper right, lower left, lower right
     */
    public static boolean isUpright(List<String> corners) {
        for (int corner = 0; corner < COLOURS.length; corner++) {
            int seen = Integer.parseInt(corners.get(corner).substring(1), 16);
            for (int shift = 0; shift < 24; shift += 8) {
                if (Math.abs((seen >> shift & 255) - (COLOURS[corner] >> shift & 255)) > 12) {
                    return false;
                }
            }
        }
        return corners.size() == COLOURS.length;
    }

    /** The stored pixels of a photo that is upright when it is turned as this number of Exif says, 1 to 8. */
    public static BufferedImage stored(BufferedImage upright, int orientation) {
        boolean swap = orientation > 4;
        int width = upright.getWidth();
        int height = upright.getHeight();
        BufferedImage stored = new BufferedImage(swap ? height : width, swap ? width : height, upright.getType());
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int left = width - 1 - x;
                int below = height - 1 - y;
                int[] place = switch (orientation) {
                    case 2 -> new int[] {left, y};
                    case 3 -> new int[] {left, below};
                    case 4 -> new int[] {x, below};
                    case 5 -> new int[] {y, x};
                    case 6 -> new int[] {y, left};
                    case 7 -> new int[] {below, left};
                    case 8 -> new int[] {below, x};
                    default -> new int[] {x, y};
                };
                stored.setRGB(place[0], place[1], upright.getRGB(x, y));
            }
        }
        return stored;
    }

    /** Packs an image with a writer of ImageIO: {@code jpeg}, {@code png}, {@code gif}, {@code bmp}, {@code tiff}. */
    public static byte[] packed(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, bytes)) {
                throw new IllegalArgumentException("no writer takes such an image as " + format);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** Packs an image as a JPEG of this quality (0 to 1), in one scan or in several. */
    public static byte[] jpeg(BufferedImage image, float quality, boolean progressive) {
        return jpeg(new IIOImage(image, null, null), quality, progressive);
    }

    /** Packs inks (cyan, magenta, yellow, black; 255 is all of an ink) of an image as a JPEG, inverted as Adobe does. */
    public static byte[] inkJpeg(BufferedImage scene) {
        return inkJpeg(scene, false);
    }

    /** The same, in one scan or in several. */
    public static byte[] inkJpeg(BufferedImage scene, boolean progressive) {
        int width = scene.getWidth();
        int height = scene.getHeight();
        WritableRaster inks = Raster.createInterleavedRaster(0, width, height, 4, null);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int pixel = scene.getRGB(x, y);
                // Stored inverted, so the light of red, green and blue, and no black
                inks.setPixel(x, y, new int[] {pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255, 255});
            }
        }
        byte[] plain = jpeg(new IIOImage(inks, null, null), 0.95f, progressive);
        byte[] adobe = {(byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        return joined(List.of(slice(plain, 0, 2), adobe, slice(plain, 2, plain.length - 2)));
    }

    /**
     * Packs an image as a JPEG that has the colours of each pixel (4:4:4), and no header of JFIF, as cameras make them.
     * Other JPEGs made here have the colours of each second pixel in each second row.
     */
    public static byte[] fullColourJpeg(BufferedImage scene, boolean progressive) {
        int width = scene.getWidth();
        int height = scene.getHeight();
        WritableRaster ycc = Raster.createInterleavedRaster(0, width, height, 3, null);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int pixel = scene.getRGB(x, y);
                double red = pixel >> 16 & 255;
                double green = pixel >> 8 & 255;
                double blue = pixel & 255;
                double light = 0.299 * red + 0.587 * green + 0.114 * blue;
                double[] samples = {light, 128 + (blue - light) / 1.772, 128 + (red - light) / 1.402};
                ycc.setPixel(x, y, Arrays.stream(samples).map(Math::rint).toArray());
            }
        }
        return jpeg(new IIOImage(ycc, null, null), 0.95f, progressive);
    }

    private static byte[] jpeg(IIOImage image, float quality, boolean progressive) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality);
            param.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, image, param);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** A JPEG with metadata as a phone writes them: orientation, place, serial number, owner, a comment, XMP. */
    public static byte[] withMetadata(byte[] jpeg, int orientation) {
        String xmp = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf="
                + "'http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:exif="
                + "'http://ns.adobe.com/exif/1.0/' exif:GPSLatitude='31,13.8N' exif:GPSLongitude='121,28.4E'/>"
                + "</rdf:RDF></x:xmpmeta>";
        return joined(List.of(
                slice(jpeg, 0, 2),
                segment(0xE1, joined(List.of(ascii("Exif\0\0"), exif(orientation)))),
                segment(0xE1, ascii(xmp)),
                segment(0xFE, ascii("SERIAL-4711")),
                slice(jpeg, 2, jpeg.length - 2)));
    }

    /** A segment of a JPEG. */
    public static byte[] segment(int marker, byte[] content) {
        return ByteBuffer.allocate(4 + content.length)
                .put((byte) 0xFF)
                .put((byte) marker)
                .putShort((short) (content.length + 2))
                .put(content)
                .array();
    }

    /** A PNG with further chunks after its header. */
    public static byte[] withChunks(byte[] png, byte[]... chunks) {
        List<byte[]> parts = new ArrayList<>(List.of(slice(png, 0, 33)));
        parts.addAll(List.of(chunks));
        parts.add(slice(png, 33, png.length - 33));
        return joined(parts);
    }

    /** A chunk of a PNG. */
    public static byte[] chunk(String type, byte[] content) {
        byte[] checked = joined(List.of(ascii(type), content));
        CRC32 checksum = new CRC32();
        checksum.update(checked);
        return ByteBuffer.allocate(8 + checked.length)
                .putInt(content.length)
                .put(checked)
                .putInt((int) checksum.getValue())
                .array();
    }

    /** The TIFF structure of an Exif block with an orientation, a place in Shanghai, a serial number, and an owner. */
    public static byte[] exif(int orientation) {
        ByteBuffer tiff = ByteBuffer.allocate(1024);
        tiff.put(ascii("MM\0*")).putInt(8);
        int texts = 300;
        int exifDirectory = 150;
        int gpsDirectory = 200;
        directory(tiff, 8, new int[][] {
            {0x010F, 2, 13, texts}, // Make
            {0x0112, 3, 1, orientation << 16},
            {0x8769, 4, 1, exifDirectory},
            {0x8825, 4, 1, gpsDirectory}
        });
        directory(tiff, exifDirectory, new int[][] {{0xA430, 2, 13, texts + 20}, {0xA431, 2, 12, texts + 40}});
        directory(tiff, gpsDirectory, new int[][] {
            {1, 2, 2, 'N' << 24}, {2, 5, 3, texts + 60}, {3, 2, 2, 'E' << 24}, {4, 5, 3, texts + 90}
        });
        tiff.put(texts, ascii("Secret Maker\0"))
                .put(texts + 20, ascii("Owner Nobody\0"))
                .put(texts + 40, ascii("SERIAL-4711\0"));
        int[] angles = {31, 1, 13, 1, 48, 1};
        for (int number = 0; number < angles.length; number++) {
            tiff.putInt(texts + 60 + 4 * number, angles[number]).putInt(texts + 90 + 4 * number, angles[number]);
        }
        return slice(tiff.array(), 0, texts + 120);
    }

    private static void directory(ByteBuffer tiff, int at, int[][] entries) {
        tiff.position(at).putShort((short) entries.length);
        for (int[] entry : entries) {
            tiff.putShort((short) entry[0])
                    .putShort((short) entry[1])
                    .putInt(entry[2])
                    .putInt(entry[3]);
        }
        tiff.putInt(0);
    }

    /**
     * Packs photos with a program, such as {@code heif-enc}.
     *
     * @param command the program and its arguments; {@code IN} and {@code OUT} stand for the files
     * @param inputs files that the program reads, by the endings of their names, in the place of {@code IN}
     */
    public static byte[] packedBy(List<String> command, String inputEnding, List<byte[]> inputs, String ending)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("photo-samples");
        try {
            List<String> files = new ArrayList<>();
            for (int number = 0; number < inputs.size(); number++) {
                files.add(Files.write(folder.resolve(number + inputEnding), inputs.get(number))
                        .toString());
            }
            Path out = folder.resolve("out" + ending);
            List<String> words = command.stream()
                    .flatMap(word -> switch (word) {
                        case "IN" -> files.stream();
                        case "OUT" -> Stream.of(out.toString());
                        default -> Stream.of(word);
                    })
                    .toList();
            Process program = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            if (program.waitFor() != 0) {
                throw new IOException(words + " failed: " + Files.readString(folder.resolve("log")));
            }
            return Files.readAllBytes(out);
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /** The parts one after the other. */
    public static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] slice(byte[] bytes, int from, int length) {
        byte[] part = new byte[length];
        System.arraycopy(bytes, from, part, 0, length);
        return part;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
