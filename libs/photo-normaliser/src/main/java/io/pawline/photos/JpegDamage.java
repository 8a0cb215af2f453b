package io.pawline.photos;

import io.pawline.photos.JpegLayout.Sampling;
import io.pawline.photos.PhotoFile.Size;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the Huffman codes of a JPEG without decoding its pixels
 * (<a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annexes F and G</a>), and finds out how much of the
 * picture its data do not give. A decoder fills that with grey or with anything, and reports no error. Used by one thread.
 */
final class JpegDamage {

    private static final int PROGRESSIVE = 0xC2;
    private static final int COEFFICIENTS = 64;
    private static final int FIRST_RESTART = 0xD0;
    private static final int LAST_RESTART = 0xD7;

    /** More bytes than this behind the last code are from codes that were misread, if they are not few beside the data. */
    private static final int FEW_BYTES = 16;

    private static final int PARTS_OF_FEW = 100;

    private final @Nullable HuffmanCodes[] dc = new @Nullable HuffmanCodes[4];
    private final @Nullable HuffmanCodes[] ac = new @Nullable HuffmanCodes[4];
    /** The steps of the coefficients, in the order of the file, by the quantisation tables. */
    private final int[][] tables = new int[4][COEFFICIENTS];

    private final @Nullable ReducedJpeg reduced;
    private Component[] components = new Component[0];
    private JpegLayout layout = new JpegLayout(new Size(0, 0), List.of());
    private boolean progressive;
    private int restartInterval;
    /** So many further blocks have no coefficients in this scan. */
    private int emptyBlocks;

    /** A component of the frame. */
    private static final class Component {
        private final int id;
        private final Sampling sampling;
        private final int table;
        /** Takes the coefficients, if somebody wants them. */
        private final @Nullable JpegPlane plane;
        /** For each block: which coefficients are not zero, if somebody wants them. */
        private long[] known = new long[0];

        private Component(int id, Sampling sampling, int table, @Nullable JpegPlane plane) {
            this.id = id;
            this.sampling = sampling;
            this.table = table;
            this.plane = plane;
        }
    }

    /**
     * A component in a scan, with its tables.
     *
     * @param columns units in a row
     * @param across blocks of a unit in a row
     * @param down blocks of a unit in a column
     */
    private record Part(
            Component component,
            int columns,
            int across,
            int down,
            @Nullable HuffmanCodes dc,
            @Nullable HuffmanCodes ac,
            JpegShift shift) {

        HuffmanCodes needed(@Nullable HuffmanCodes codes) throws PhotoRefusedException {
            if (codes == null) {
                throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
            }
            return codes;
        }

        int blocks() {
            return across * down;
        }

        /** Where a block of a unit lies among the blocks of the plane. */
        int place(JpegPlane plane, int unit, int block) {
            int column = unit % columns * across + block % across;
            int row = unit / columns * down + block / across;
            return row * plane.blockColumns() + column;
        }
    }

    /**
     * A scan: which coefficients come in it, and whether only their further bits do.
     *
     * @param low bits of the coefficients that come later
     */
    private record Scan(List<Part> parts, int from, int to, boolean refines, int low, long units) {}

    private JpegDamage(@Nullable ReducedJpeg reduced) {
        this.reduced = reduced;
    }

    /**
     * The share of the picture that is lost, 0 to 1. What only makes the picture finer does not count.
     *
     * @param segments of a JPEG that is not arithmetic or lossless; a scan's has its data with it
     * @throws PhotoRefusedException if the segments do not fit together
     */
    static double share(List<ByteBuffer> segments) throws PhotoRefusedException {
        return share(segments, null);
    }

    /**
     * The same, and hands on the coefficients.
     *
     * @param reduced takes them; it is for the frame of this very JPEG
     */
    static double share(List<ByteBuffer> segments, @Nullable ReducedJpeg reduced) throws PhotoRefusedException {
        JpegDamage damage = new JpegDamage(reduced);
        double most = 0;
        try {
            for (ByteBuffer segment : segments) {
                most = Math.max(most, damage.read(segment.slice()));
            }
        } catch (IndexOutOfBoundsException | BufferUnderflowException | IllegalArgumentException cutShort) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        return most;
    }

    private double read(ByteBuffer segment) throws PhotoRefusedException {
        int marker = Byte.toUnsignedInt(segment.get(1));
        if (segment.capacity() < 4) {
            return 0;
        }
        int length = Short.toUnsignedInt(segment.getShort(2));
        ByteBuffer content = segment.slice(4, length - 2);
        switch (marker) {
            case 0xC0, 0xC1, PROGRESSIVE -> readFrame(marker, content);
            case 0xC4 -> readCodes(content);
            case 0xDB -> readSteps(content);
            case 0xDD -> restartInterval = Short.toUnsignedInt(content.getShort(0));
            case 0xDA -> {
                Scan scan = scan(content);
                boolean shapes = shapes(scan);
                double lost = (shapes || reduced != null) ? lost(scan, segment, 2 + length) : 0;
                return shapes ? lost : 0;
            }
            default -> {}
        }
        return 0;
    }

    private void readFrame(int marker, ByteBuffer content) {
        progressive = marker == PROGRESSIVE;
        Size size = new Size(Short.toUnsignedInt(content.getShort(3)), Short.toUnsignedInt(content.getShort(1)));
        components = new Component[content.get(5)];
        List<Sampling> samplings = new ArrayList<>();
        for (int number = 0; number < components.length; number++) {
            Sampling sampling = Sampling.of(content.get(7 + 3 * number));
            samplings.add(sampling);
            components[number] = new Component(
                    content.get(6 + 3 * number),
                    sampling,
                    content.get(8 + 3 * number) & 3,
                    reduced == null ? null : reduced.plane(number));
        }
        layout = new JpegLayout(size, samplings);
    }

    private void readSteps(ByteBuffer content) {
        while (content.hasRemaining()) {
            int which = content.get();
            boolean wide = (which & 0xF0) != 0;
            int[] table = new int[COEFFICIENTS];
            for (int place = 0; place < COEFFICIENTS; place++) {
                table[place] = wide ? Short.toUnsignedInt(content.getShort()) : Byte.toUnsignedInt(content.get());
            }
            tables[which & 15] = table;
        }
    }

    private void readCodes(ByteBuffer content) throws PhotoRefusedException {
        while (content.hasRemaining()) {
            int which = content.get();
            ((which & 0xF0) == 0 ? dc : ac)[which & 15] = HuffmanCodes.read(content);
        }
    }

    private Scan scan(ByteBuffer content) throws PhotoRefusedException {
        int number = content.get(0);
        int approximation = content.get(3 + 2 * number);
        int low = progressive ? approximation & 15 : 0;
        List<Part> parts = new ArrayList<>();
        for (int part = 0; part < number; part++) {
            Component component = component(content.get(1 + 2 * part));
            int codes = Byte.toUnsignedInt(content.get(2 + 2 * part));
            boolean alone = number == 1;
            int columns = alone ? layout.blockColumns(component.sampling) : layout.unitColumns();
            int[] table = tables[component.table];
            if (component.plane != null) {
                component.plane.use(table);
            }
            parts.add(new Part(
                    component,
                    columns,
                    alone ? 1 : component.sampling.horizontal(),
                    alone ? 1 : component.sampling.vertical(),
                    dc[codes >> 4],
                    ac[codes & 15],
                    new JpegShift(columns, table[0] << low)));
        }
        if (parts.isEmpty()) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        Part first = parts.getFirst();
        long units =
                (long) first.columns * (number == 1 ? layout.blockRows(first.component.sampling) : layout.unitRows());
        int from = progressive ? content.get(1 + 2 * number) : 0;
        int to = progressive ? content.get(2 + 2 * number) : 63;
        boolean refines = progressive && (approximation & 0xF0) != 0;
        boolean oneBand = from == 0 ? !progressive || to == 0 : number == 1;
        if (from < 0 || to < from || to > 63 || !oneBand) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        if (reduced != null && from > 0 && first.component.known.length == 0) {
            first.component.known = new long[Math.toIntExact(units)];
        }
        return new Scan(parts, from, to, refines, low, units);
    }

    /** Whether a scan gives the picture its shape. Others make it finer, and can be damaged without being missed. */
    private boolean shapes(Scan scan) {
        boolean ofBrightness = scan.parts.getFirst().component == components[0];
        return !scan.refines && (scan.from == 0 || (scan.from == 1 && ofBrightness));
    }

    private Component component(int id) throws PhotoRefusedException {
        for (Component component : components) {
            if (component.id == id) {
                return component;
            }
        }
        throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
    }

    /** Follows the data of a scan, in which restart markers may stand. */
    private double lost(Scan scan, ByteBuffer segment, int begin) throws PhotoRefusedException {
        JpegScanBits bits = new JpegScanBits(segment);
        long interval = restartInterval == 0 ? scan.units : restartInterval;
        long lost = 0;
        int at = begin;
        for (long unit = 0; unit < scan.units; unit += interval) {
            int end = restartInterval == 0 ? segment.capacity() : endOfPart(segment, at);
            long expected = Math.min(interval, scan.units - unit);
            lost += lost(scan, bits, at, end, unit, expected);
            at = Math.min(end + 2, segment.capacity());
        }
        // More parts than there is room for show that one was misread
        return at < segment.capacity() && endOfPart(segment, at) > at + FEW_BYTES ? 1 : (double) lost / scan.units;
    }

    /** The place of the next restart marker, or the end. */
    private static int endOfPart(ByteBuffer segment, int begin) {
        int last = segment.capacity() - 1;
        for (int at = begin; at < last; at++) {
            if (segment.get(at) == (byte) 0xFF) {
                int marker = Byte.toUnsignedInt(segment.get(at + 1));
                if (marker >= FIRST_RESTART && marker <= LAST_RESTART) {
                    return at;
                }
            }
        }
        return segment.capacity();
    }

    private long lost(Scan scan, JpegScanBits bits, int begin, int end, long first, long units)
            throws PhotoRefusedException {
        bits.begin(begin, end);
        emptyBlocks = 0;
        scan.parts.forEach(part -> part.shift.begin());
        long good = 0;
        while (good < units && follow(scan, bits, (int) (first + good)) && !bits.isExhausted()) {
            good++;
        }
        int left = bits.isFilling() ? 0 : bits.left();
        if (good == units && left > FEW_BYTES && left > (end - begin) / PARTS_OF_FEW) {
            return units;
        }
        boolean misread = good < units || left > 1;
        for (Part part : scan.parts) {
            int moved = misread ? part.shift.moved() : part.shift.outside();
            good = moved < 0 ? good : Math.min(good, moved);
        }
        return units - good;
    }

    /** Follows the blocks that come together. Says whether their codes are ones that there can be. */
    private boolean follow(Scan scan, JpegScanBits bits, int unit) throws PhotoRefusedException {
        if (scan.from > 0) {
            Part part = scan.parts.getFirst();
            JpegPlane plane = part.component.plane;
            return (scan.refines && plane != null)
                    ? refine(scan, part, plane, bits, unit)
                    : follow(scan, part, bits, unit);
        }
        for (Part part : scan.parts) {
            for (int block = 0; block < part.blocks(); block++) {
                if (scan.refines) {
                    refineFirst(scan, part, bits, unit, block);
                } else if (!followFirst(scan, part, bits, unit, block)
                        || (!progressive && !followOthers(part, bits, unit, block))) {
                    return false;
                }
            }
            if (!scan.refines) {
                part.shift.endUnit();
            }
        }
        return true;
    }

    private static void refineFirst(Scan scan, Part part, JpegScanBits bits, int unit, int block) {
        int bit = bits.take(1);
        JpegPlane plane = part.component.plane;
        if (plane != null) {
            plane.addToFirst(part.place(plane, unit, block), bit << scan.low);
        }
    }

    private static boolean followFirst(Scan scan, Part part, JpegScanBits bits, int unit, int block)
            throws PhotoRefusedException {
        int difference = bits.takeDifference(part.needed(part.dc));
        part.shift.addBlock(difference);
        JpegPlane plane = part.component.plane;
        if (plane != null) {
            plane.put(part.place(plane, unit, block), 0, part.shift.coefficient() << scan.low);
        }
        return difference != JpegScanBits.NONE;
    }

    /** Follows all coefficients of a block but its first, where they come together. */
    private static boolean followOthers(Part part, JpegScanBits bits, int unit, int block)
            throws PhotoRefusedException {
        HuffmanCodes codes = part.needed(part.ac);
        JpegPlane plane = part.component.plane;
        if (plane == null) {
            return bits.takeBlock(codes);
        }
        int at = part.place(plane, unit, block);
        for (int place = 1; place < COEFFICIENTS; place++) {
            int symbol = bits.takeSymbol(codes);
            if (symbol <= 0) {
                return symbol == 0;
            }
            place += symbol >> 4;
            int value = bits.takeNumber(symbol & 15);
            if (place >= COEFFICIENTS) {
                return false;
            }
            plane.put(at, place, value);
        }
        return true;
    }

    private boolean follow(Scan scan, Part part, JpegScanBits bits, int unit) throws PhotoRefusedException {
        if (emptyBlocks > 0) {
            emptyBlocks--;
            return true;
        }
        HuffmanCodes codes = part.needed(part.ac);
        JpegPlane plane = part.component.plane;
        for (int place = scan.from; place <= scan.to; place++) {
            int symbol = plane == null ? bits.takeWithNumber(codes) : bits.takeSymbol(codes);
            if (symbol < 0) {
                return false;
            }
            int run = symbol >> 4;
            if ((symbol & 15) != 0) {
                int value = plane == null ? 0 : bits.takeNumber(symbol & 15);
                place += run;
                if (place > scan.to) {
                    return false;
                }
                if (plane != null) {
                    put(scan, part, plane, unit, place, value);
                }
            } else if (run == 15) {
                place += 15;
            } else {
                emptyBlocks = (1 << run) + bits.take(run) - 1;
                return true;
            }
        }
        return true;
    }

    private static void put(Scan scan, Part part, JpegPlane plane, int unit, int place, int value) {
        part.component.known[unit] |= 1L << place;
        plane.put(part.place(plane, unit, 0), place, value << scan.low);
    }

    /** Follows a block in which known coefficients have one bit more, and others come to be known. */
    private boolean refine(Scan scan, Part part, JpegPlane plane, JpegScanBits bits, int unit)
            throws PhotoRefusedException {
        HuffmanCodes codes = part.needed(part.ac);
        int place = scan.from;
        while (emptyBlocks == 0 && place <= scan.to) {
            int symbol = bits.takeSymbol(codes);
            int run = symbol >> 4;
            int size = symbol & 15;
            if (symbol < 0 || size > 1) {
                return false;
            }
            if (size == 0 && run < 15) {
                emptyBlocks = (1 << run) + bits.take(run);
                break;
            }
            int value = bits.takeNumber(size);
            place = refineKnown(scan, part, plane, bits, unit, place, run);
            if (size != 0) {
                if (place > scan.to) {
                    return false;
                }
                put(scan, part, plane, unit, place, value);
            }
            place++;
        }
        if (emptyBlocks > 0) {
            refineKnown(scan, part, plane, bits, unit, place, COEFFICIENTS);
            emptyBlocks--;
        }
        return true;
    }

    /** Takes the bits of known coefficients from a place on. Returns the place behind so many unknown ones. */
    private static int refineKnown(
            Scan scan, Part part, JpegPlane plane, JpegScanBits bits, int unit, int from, int unknown) {
        long known = part.component.known[unit];
        int left = unknown;
        int place = from;
        for (; place <= scan.to; place++) {
            if ((known >> place & 1) != 0) {
                int bit = bits.take(1);
                if (bit != 0) {
                    plane.grow(part.place(plane, unit, 0), place, 1 << scan.low);
                }
            } else if (--left < 0) {
                break;
            }
        }
        return place;
    }
}
