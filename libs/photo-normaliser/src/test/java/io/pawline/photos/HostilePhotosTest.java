package io.pawline.photos;

import static io.pawline.testkit.PhotoSamples.chunk;
import static io.pawline.testkit.PhotoSamples.joined;
import static io.pawline.testkit.PhotoSamples.jpeg;
import static io.pawline.testkit.PhotoSamples.packed;
import static io.pawline.testkit.PhotoSamples.scene;
import static io.pawline.testkit.PhotoSamples.segment;
import static io.pawline.testkit.PhotoSamples.withChunks;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.PhotoSamples;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Normalises files that are made to use up memory, in a process with a small heap: what a header says is not what comes,
 * or a part comes a million times. An error of memory ends the process, as it does in the chart.
 */
@Timeout(60)
class HostilePhotosTest {

    private static final int MOST_BYTES = 20 * 1024 * 1024;
    private static final String HEAP = "-Xmx96m";

    /** A hostile file, of as many bytes as a photo may have if that makes it worse. */
    enum Attack {
        /** Four bytes each. Those of tables are kept. */
        JPEG_OF_EMPTY_TABLES {
            @Override
            byte[] photo() {
                return inJpeg(repeated(segment(0xC4, new byte[0])));
            }
        },
        JPEG_OF_EMPTY_METADATA {
            @Override
            byte[] photo() {
                return inJpeg(repeated(segment(0xE1, new byte[0])));
            }
        },
        JPEG_WITH_A_LONG_PROFILE {
            @Override
            byte[] photo() {
                ByteArrayOutputStream profile = new ByteArrayOutputStream();
                for (int piece = 1; piece < 256; piece++) {
                    byte[] content = Arrays.copyOf("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII), 65_533);
                    content[12] = (byte) piece;
                    profile.writeBytes(segment(0xE2, content));
                }
                return inJpeg(profile.toByteArray());
            }
        },
        /** The frame is of so many pixels that nothing of it fits. */
        JPEG_OF_A_LARGE_FRAME {
            @Override
            byte[] photo() {
                byte[] photo = jpeg(scene(64, 64), 0.9f, true);
                ByteBuffer.wrap(photo).putShort(frame(photo) + 5, (short) 7_000).putShort(frame(photo) + 7, (short)
                        8_000);
                byte[] data = new byte[200_000];
                return joined(
                        List.of(Arrays.copyOf(photo, photo.length - 2), data, new byte[] {(byte) 0xFF, (byte) 0xD9}));
            }
        },
        PNG_OF_EMPTY_DATA {
            @Override
            byte[] photo() {
                return withChunks(packed(scene(64, 64), "png"), repeated(chunk("IDAT", new byte[0])));
            }
        },
        PNG_OF_DATA_AND_METADATA_IN_TURN {
            @Override
            byte[] photo() {
                byte[] both = joined(List.of(chunk("IDAT", new byte[0]), chunk("tEXt", new byte[0])));
                return withChunks(packed(scene(64, 64), "png"), repeated(both));
            }
        },
        PNG_WITH_A_LONG_PALETTE {
            @Override
            byte[] photo() {
                byte[] palette = chunk("PLTE", new byte[MOST_BYTES - 100_000]);
                return withChunks(packed(scene(64, 64), "png"), palette);
            }
        },
        /** Far more than the heap holds, in the profile and behind the pixels. */
        PNG_THAT_INFLATES {
            @Override
            byte[] photo() {
                byte[] zeros = deflated(300L << 20);
                byte[] profile = joined(List.of(new byte[] {'x', 0, 0}, zeros));
                byte[] text = joined(List.of(new byte[] {'x', 0, 0}, zeros));
                byte[] png = packed(new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY), "png");
                byte[] header = Arrays.copyOf(png, 33);
                return joined(List.of(
                        header,
                        chunk("iCCP", profile),
                        chunk("zTXt", text),
                        chunk("IDAT", zeros),
                        chunk("IEND", new byte[0])));
            }
        },
        PNG_OF_A_MILLION_PICTURES {
            @Override
            byte[] photo() {
                byte[] png = packed(scene(64, 64), "png");
                byte[] end = Arrays.copyOfRange(png, png.length - 12, png.length);
                byte[] picture = joined(List.of(chunk("fcTL", new byte[26]), chunk("fdAT", new byte[4])));
                return joined(List.of(Arrays.copyOf(png, png.length - 12), repeated(picture), end));
            }
        },
        GIF_OF_A_LARGE_SCREEN {
            @Override
            byte[] photo() {
                byte[] photo = packed(scene(64, 64, BufferedImage.TYPE_BYTE_INDEXED), "gif");
                ByteBuffer.wrap(photo).putInt(6, -1);
                return photo;
            }
        },
        GIF_OF_A_MILLION_CONTROLS {
            @Override
            byte[] photo() {
                return inGif(repeated(new byte[] {0x21, (byte) 0xF9, 0}));
            }
        },
        GIF_OF_A_MILLION_PICTURES {
            @Override
            byte[] photo() {
                byte[] photo = packed(scene(64, 64, BufferedImage.TYPE_BYTE_INDEXED), "gif");
                byte[] picture = {0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0};
                return joined(List.of(Arrays.copyOf(photo, photo.length - 1), repeated(picture), new byte[] {0x3B}));
            }
        },
        /** The decoder takes all that is between the header and the pixels for colours. */
        BMP_WITH_A_LONG_PALETTE {
            @Override
            byte[] photo() {
                byte[] photo = packed(scene(64, 64), "bmp");
                byte[] large = Arrays.copyOf(photo, MOST_BYTES);
                ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN).putInt(10, MOST_BYTES - photo.length);
                return large;
            }
        },
        BMP_WITH_A_LONG_PROFILE {
            @Override
            byte[] photo() {
                ByteBuffer photo = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                photo.put((byte) 'B')
                        .put((byte) 'M')
                        .putInt(MOST_BYTES)
                        .putInt(0)
                        .putInt(14 + 124);
                photo.putInt(124).putInt(64).putInt(64).putShort((short) 1).putShort((short) 24);
                photo.putInt(14 + 56, 0x4D424544); // a profile in the file
                photo.putInt(14 + 112, 64 * 64 * 3 + 124).putInt(14 + 116, MOST_BYTES - 64 * 64 * 3 - 138);
                return photo.array();
            }
        },
        /** Each field names the same bytes, so they are in memory once for each. */
        TIFF_OF_LONG_FIELDS {
            @Override
            byte[] photo() {
                return tiffOfLongFields();
            }
        },
        WEBP_OF_FRAMES_IN_FRAMES {
            @Override
            byte[] photo() {
                int frames = MOST_BYTES / 24 - 10;
                int length = 12 + 24 * frames;
                ByteBuffer photo = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
                photo.put(ascii("RIFF")).putInt(length - 8).put(ascii("WEBP"));
                while (photo.remaining() >= 24) {
                    photo.put(ascii("ANMF")).putInt(photo.remaining() - 4).position(photo.position() + 16);
                }
                return photo.array();
            }
        },
        WEBP_WITH_A_LONG_PROFILE {
            @Override
            byte[] photo() {
                ByteBuffer photo = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                photo.put(ascii("RIFF")).putInt(MOST_BYTES - 8).put(ascii("WEBP"));
                photo.put(ascii("ICCP")).putInt(MOST_BYTES - 20);
                return photo.array();
            }
        },
        HEIC_OF_A_MILLION_ITEMS {
            @Override
            byte[] photo() {
                byte[] item = box("infe", joined(List.of(new byte[] {3, 0, 0, 0}, new byte[6], ascii("Exif"))));
                ByteBuffer items = ByteBuffer.wrap(repeated(item));
                for (int at = 0; at < items.capacity(); at += item.length) {
                    items.putInt(at + 12, at);
                }
                return heic(box("iinf", joined(List.of(new byte[6], items.array()))));
            }
        },
        HEIC_OF_A_MILLION_TILES {
            @Override
            byte[] photo() {
                ByteBuffer tiles = ByteBuffer.allocate(6 + 4 * 65_535);
                tiles.putInt(1).putShort((short) 65_535);
                ByteArrayOutputStream references = new ByteArrayOutputStream();
                references.writeBytes(new byte[] {1, 0, 0, 0});
                for (int box = 0; box < 70; box++) {
                    for (int tile = 0; tile < 65_535; tile++) {
                        tiles.putInt(6 + 4 * tile, box * 65_535 + tile);
                    }
                    references.writeBytes(box("dimg", tiles.array()));
                }
                return heic(joined(
                        List.of(box("pitm", new byte[] {0, 0, 0, 0, 0, 1}), box("iref", references.toByteArray()))));
            }
        };

        abstract byte[] photo();
    }

    @ParameterizedTest
    @EnumSource
    void noFileEndsTheProcess(Attack attack, @TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("photo"), attack.photo());
        assertThat(Files.size(file)).isLessThanOrEqualTo(MOST_BYTES);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostilePhotosTest.class.getName(),
                        file.toString())
                .inheritIO()
                .start();

        assertThat(process.waitFor()).isZero();
    }

    /** Is the process with the small heap: exits with 0 if the file becomes a picture or is refused, twice. */
    static void main(String[] args) throws InterruptedException, IOException {
        byte[] photo = Files.readAllBytes(Path.of(args[0]));
        PhotoNormaliser normaliser = new PhotoNormaliser(PhotoProperties.DEFAULTS);
        for (int time = 0; time < 2; time++) {
            normaliser.normalise(ByteBuffer.wrap(photo), WorkingMemory.ofHeap(_ -> () -> {}));
        }
        new PhotoDecoder(1_000_000).decode(ByteBuffer.wrap(photo), (_, _) -> {});
        System.exit(0);
    }

    private static byte[] repeated(byte[] part) {
        byte[] all = new byte[(MOST_BYTES - 100_000) / part.length * part.length];
        for (int at = 0; at < all.length; at += part.length) {
            System.arraycopy(part, 0, all, at, part.length);
        }
        return all;
    }

    private static byte[] inJpeg(byte[] segments) {
        byte[] photo = PhotoSamples.withMetadata(jpeg(scene(64, 64), 0.9f, false), 6);
        return joined(List.of(Arrays.copyOf(photo, 2), segments, Arrays.copyOfRange(photo, 2, photo.length)));
    }

    private static int frame(byte[] jpeg) {
        int at = 2;
        while (jpeg[at + 1] != (byte) 0xC2) {
            at += 2 + Short.toUnsignedInt(ByteBuffer.wrap(jpeg).getShort(at + 2));
        }
        return at;
    }

    private static byte[] inGif(byte[] blocks) {
        byte[] photo = packed(scene(64, 64, BufferedImage.TYPE_BYTE_INDEXED), "gif");
        int head = 13 + (3 << ((photo[10] & 7) + 1));
        return joined(List.of(Arrays.copyOf(photo, head), blocks, Arrays.copyOfRange(photo, head, photo.length)));
    }

    private static byte[] deflated(long zeros) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            byte[] block = new byte[1 << 20];
            for (long written = 0; written < zeros; written += block.length) {
                deflater.write(block);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    private static byte[] tiffOfLongFields() {
        int[] tags = {258, 266, 317, 320, 332, 338, 339, 347, 529, 530, 531, 532, 34675};
        List<int[]> fields = new ArrayList<>(List.of(
                new int[] {256, 3, 1, 64 << 16},
                new int[] {257, 3, 1, 64 << 16},
                new int[] {262, 3, 1, 1 << 16},
                new int[] {273, 4, 1, 1000},
                new int[] {279, 4, 1, 64 * 64}));
        for (int tag : tags) {
            boolean bytes = tag == 347 || tag == 34675;
            fields.add(new int[] {tag, bytes ? 7 : 3, (MOST_BYTES - 10_000) / (bytes ? 1 : 2), 10_000});
        }
        fields.sort((one, other) -> Integer.compare(one[0], other[0]));
        ByteBuffer photo = ByteBuffer.allocate(MOST_BYTES);
        photo.put(ascii("MM\0*")).putInt(8).putShort((short) fields.size());
        for (int[] field : fields) {
            photo.putShort((short) field[0])
                    .putShort((short) field[1])
                    .putInt(field[2])
                    .putInt(field[3]);
        }
        for (int at = 10_000; at < MOST_BYTES; at += 2) {
            photo.putShort(at, (short) 8);
        }
        return photo.array();
    }

    private static byte[] heic(byte[] boxes) {
        return joined(List.of(
                box("ftyp", ascii("heic\0\0\0\0heicmif1")), box("meta", joined(List.of(new byte[4], boxes)))));
    }

    private static byte[] box(String type, byte[] content) {
        return ByteBuffer.allocate(8 + content.length)
                .putInt(8 + content.length)
                .put(ascii(type.toLowerCase(Locale.ROOT)))
                .put(content)
                .array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
