package io.pawline.photos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first directory of a <a href="https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf">TIFF</a>. The
 * decoder gets a directory that has nothing but the fields that the pixels need, each of them checked.
 */
final class TiffFile implements PhotoFile {

    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BITS = 258;
    private static final int COMPRESSION = 259;
    private static final int PHOTOMETRIC = 262;
    private static final int STRIPS = 273;
    private static final int ORIENTATION = 274;
    private static final int SAMPLES = 277;
    private static final int STRIP_ROWS = 278;
    private static final int STRIP_BYTES = 279;
    private static final int PLANES = 284;
    private static final int TILE_WIDTH = 322;
    private static final int TILE_HEIGHT = 323;
    private static final int TILES = 324;
    private static final int TILE_BYTES = 325;
    private static final int SAMPLE_FORMAT = 339;
    private static final int PROFILE = 34675;
    private static final int RAW_VERSION = 50706;

    /** Besides those above: fill order, fax options, predictor, colour map, inks, extra samples, JPEG tables, YCbCr. */
    private static final Set<Integer> FOR_THE_PIXELS = Set.of(
            WIDTH,
            HEIGHT,
            BITS,
            COMPRESSION,
            PHOTOMETRIC,
            STRIPS,
            SAMPLES,
            STRIP_ROWS,
            STRIP_BYTES,
            PLANES,
            TILE_WIDTH,
            TILE_HEIGHT,
            TILES,
            TILE_BYTES,
            SAMPLE_FORMAT,
            266,
            292,
            293,
            317,
            320,
            332,
            338,
            347,
            529,
            530,
            531,
            532);

    private static final int COLOUR_MAP = 320;
    private static final int JPEG_TABLES = 347;

    private static final int JPEG = 7;
    /** None, fax (three kinds), LZW, JPEG, deflate (two numbers), PackBits. */
    private static final Set<Long> COMPRESSIONS = Set.of(1L, 2L, 3L, 4L, 5L, (long) JPEG, 8L, 32946L, 32773L);
    /** Grey from white or black, RGB, palette, inks, YCbCr. */
    private static final Set<Long> COLOURS = Set.of(0L, 1L, 2L, 3L, 5L, 6L);

    private static final int[] BYTES_OF_TYPE = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    private static final long MOST_BLOCK_BYTES = 64L * 1024 * 1024;
    /** Before the frame of a JPEG in a block. */
    private static final int MOST_SEGMENTS = 30;

    private static final long SMALL_PIXELS = 1_000_000;

    private static final int MOST_VALUES = 100;
    private static final int MOST_COLOURS = 3 * 65_536;
    private static final int MOST_BYTES_OF_TABLES = 65_536;
    private static final int MOST_BLOCKS = 500_000;
    private static final int BYTES_PER_BLOCK = 64;

    /** A field of the directory. Its values begin at {@code at}. */
    private record Field(int entry, int type, int count, int at) {}

    private final ByteBuffer file;
    private final TreeMap<Integer, Field> fields = new TreeMap<>();
    private Size size = new Size(0, 0);
    private int samples;
    private long bits;
    private long blockBytes;
    private long longestBlock;

    private TiffFile(ByteBuffer file) {
        this.file = file.slice();
        this.file.order(file.slice().get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    /** @throws PhotoRefusedException if it is not whole, or not within the limits, or of a rare kind */
    static TiffFile open(ByteBuffer file, long maxPixels) throws PhotoRefusedException {
        TiffFile tiff = new TiffFile(file);
        try {
            tiff.readFields();
            tiff.check(maxPixels);
        } catch (IndexOutOfBoundsException cutShort) {
            throw PhotoRefusedException.endsEarly();
        }
        return tiff;
    }

    private void readFields() throws PhotoRefusedException {
        int at = file.getInt(4);
        int entries = Short.toUnsignedInt(file.getShort(at));
        for (int entry = at + 2; entries > 0; entries--, entry += 12) {
            int tag = Short.toUnsignedInt(file.getShort(entry));
            int type = Short.toUnsignedInt(file.getShort(entry + 2));
            int count = file.getInt(entry + 4);
            boolean needed = FOR_THE_PIXELS.contains(tag) || tag == ORIENTATION || tag == PROFILE || tag == RAW_VERSION;
            if (!needed) {
                continue;
            }
            if (type == 0 || type >= BYTES_OF_TYPE.length || count < 1) {
                throw PhotoRefusedException.damaged(PhotoFormat.TIFF);
            }
            if (count > mostValues(tag)) {
                throw PhotoRefusedException.notAnImage("is a TIFF of a rare kind: save it as a JPEG or PNG");
            }
            long bytes = (long) BYTES_OF_TYPE[type] * count;
            int values = bytes <= 4 ? entry + 8 : file.getInt(entry + 8);
            if (values < 0 || values + bytes > file.capacity()) {
                throw PhotoRefusedException.endsEarly();
            }
            fields.putIfAbsent(tag, new Field(entry, type, count, values));
        }
    }

    /** The decoder has all values of all fields in memory, and one file can name the same bytes for each field. */
    private static int mostValues(int tag) {
        return switch (tag) {
            case STRIPS, STRIP_BYTES, TILES, TILE_BYTES -> MOST_BLOCKS;
            case COLOUR_MAP -> MOST_COLOURS;
            case JPEG_TABLES -> MOST_BYTES_OF_TABLES;
            case PROFILE -> Integer.MAX_VALUE; // the decoder does not get it
            default -> MOST_VALUES;
        };
    }

    private void check(long maxPixels) throws PhotoRefusedException {
        if (fields.containsKey(RAW_VERSION)) {
            throw PhotoRefusedException.notAnImage("is a raw file of a camera: send the photo as a JPEG");
        }
        size = new Size((int) Math.min(value(WIDTH, 0), Integer.MAX_VALUE), (int)
                Math.min(value(HEIGHT, 0), Integer.MAX_VALUE));
        Limits.check(size, maxPixels, PhotoFormat.TIFF);
        samples = (int) Math.min(value(SAMPLES, 1), 100);
        bits = value(BITS, 1);
        boolean whole = value(SAMPLE_FORMAT, 1) == 1 || value(SAMPLE_FORMAT, 1) == 4;
        boolean known = COMPRESSIONS.contains(value(COMPRESSION, 1)) && COLOURS.contains(value(PHOTOMETRIC, -1));
        if (!whole || !known || samples < 1 || samples > 5 || bits < 1 || bits > 16 || !sameBits()) {
            throw PhotoRefusedException.notAnImage("is a TIFF of a rare kind: save it as a JPEG or PNG");
        }
        checkBlocks();
    }

    private boolean sameBits() {
        Field field = fields.get(BITS);
        for (int index = 0; field != null && index < field.count; index++) {
            if (value(field, index) != bits) {
                return false;
            }
        }
        return true;
    }

    /** Checks the blocks of pixels, which are strips or tiles. */
    private void checkBlocks() throws PhotoRefusedException {
        boolean tiled = fields.containsKey(TILES);
        long width = tiled ? value(TILE_WIDTH, 0) : size.width();
        long height = tiled ? value(TILE_HEIGHT, 0) : Math.min(value(STRIP_ROWS, size.height()), size.height());
        Field places = fields.get(tiled ? TILES : STRIPS);
        Field lengths = fields.get(tiled ? TILE_BYTES : STRIP_BYTES);
        if (places == null || lengths == null || places.count != lengths.count || width < 1 || height < 1) {
            throw PhotoRefusedException.damaged(PhotoFormat.TIFF);
        }
        boolean planes = value(PLANES, 1) == 2;
        if (width > 65_535 || height > 65_535) {
            throw PhotoRefusedException.damaged(PhotoFormat.TIFF);
        }
        blockBytes = (width * bits * (planes ? 1 : samples) + 7) / 8 * height;
        long all = width * height * places.count;
        if (blockBytes > MOST_BLOCK_BYTES || all > (4 * size.pixels() + SMALL_PIXELS) * (planes ? samples : 1)) {
            throw PhotoRefusedException.tooLarge("is a TIFF of too large strips or tiles: save it as a JPEG or PNG");
        }
        boolean jpeg = value(COMPRESSION, 1) == JPEG;
        for (int block = 0; block < places.count; block++) {
            long at = value(places, block);
            long length = value(lengths, block);
            if (at + length > file.capacity()) {
                throw PhotoRefusedException.endsEarly();
            }
            longestBlock = Math.max(longestBlock, length);
            if (jpeg) {
                checkFrame(file.slice((int) at, (int) length), width, height);
            }
        }
    }

    /** Checks that the JPEG in a block is no larger than the block, and comes in one scan. */
    private static void checkFrame(ByteBuffer block, long width, long height) throws PhotoRefusedException {
        int at = 2;
        for (int segment = 0; segment < MOST_SEGMENTS; segment++) {
            int marker = Byte.toUnsignedInt(block.get(at + 1));
            if (block.get(at) != (byte) 0xFF || marker < 0xC0 || marker == 0xDA) {
                throw PhotoRefusedException.damaged(PhotoFormat.TIFF);
            }
            if (marker == 0xC0 || marker == 0xC1) {
                boolean fits = Short.toUnsignedInt(block.getShort(at + 7)) <= width
                        && Short.toUnsignedInt(block.getShort(at + 5)) <= height + 15;
                if (!fits) {
                    throw PhotoRefusedException.damaged(PhotoFormat.TIFF);
                }
                return;
            }
            if (marker < 0xD0 && marker != 0xC4) {
                throw PhotoRefusedException.notAnImage("is a TIFF of a rare kind: save it as a JPEG or PNG");
            }
            at += 2 + Short.toUnsignedInt(block.getShort(at + 2));
        }
        throw PhotoRefusedException.damaged(PhotoFormat.TIFF);
    }

    private long value(int tag, long otherwise) {
        Field field = fields.get(tag);
        return field == null ? otherwise : value(field, 0);
    }

    private long value(Field field, int index) {
        return switch (BYTES_OF_TYPE[field.type]) {
            case 1 -> Byte.toUnsignedInt(file.get(field.at + index));
            case 2 -> Short.toUnsignedInt(file.getShort(field.at + 2 * index));
            case 4 -> Integer.toUnsignedLong(file.getInt(field.at + 4 * index));
            default -> Long.MAX_VALUE / 2;
        };
    }

    @Override
    public Size size() {
        return size;
    }

    @Override
    public Orientation orientation() {
        return Orientation.of((int) Math.min(value(ORIENTATION, 1), 9));
    }

    @Override
    public Optional<IccColours> colours() {
        @Nullable Field profile = fields.get(PROFILE);
        if (profile == null || BYTES_OF_TYPE[profile.type] != 1 || profile.count > IccColours.MOST_BYTES) {
            return Optional.empty();
        }
        byte[] icc = new byte[profile.count];
        file.get(profile.at, icc);
        int components = switch ((int) value(PHOTOMETRIC, -1)) {
            case 0, 1 -> 1;
            case 5 -> 4;
            default -> 3;
        };
        return IccColours.of(icc, components);
    }

    @Override
    public long memory(Size to) {
        return ImageDecoder.memory(size, bytesPerPixel())
                + 2 * blockBytes
                + longestBlock
                + (long) BYTES_PER_BLOCK * blocks();
    }

    private int blocks() {
        Field places = fields.get(fields.containsKey(TILES) ? TILES : STRIPS);
        return places == null ? 0 : places.count;
    }

    private int bytesPerPixel() {
        return Math.max(samples, value(PHOTOMETRIC, -1) == 6 ? 3 : 1) * (bits > 8 ? 2 : 1);
    }

    @Override
    public Pixels decode(Size to) throws IOException {
        return ImageDecoder.first(
                ImageDecoder.readerOfTheJdk("tiff"), new PieceStream(checked()), size, to, bytesPerPixel());
    }

    /** The file with a directory of checked fields at its end. */
    private List<ByteBuffer> checked() {
        int padding = file.capacity() & 1;
        List<Field> needed = fields.entrySet().stream()
                .filter(field -> FOR_THE_PIXELS.contains(field.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        ByteBuffer head = ByteBuffer.allocate(8).order(file.order());
        head.put(file.slice(0, 4)).putInt(file.capacity() + padding).flip();
        ByteBuffer directory =
                ByteBuffer.allocate(padding + 2 + 12 * needed.size() + 4).order(file.order());
        directory.position(padding).putShort((short) needed.size());
        for (Field field : needed) {
            directory.put(file.slice(field.entry, 12));
        }
        directory.putInt(0).flip();
        return List.of(head, file.slice(8, file.capacity() - 8), directory);
    }
}
