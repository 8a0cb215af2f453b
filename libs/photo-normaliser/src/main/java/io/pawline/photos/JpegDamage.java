package io.pawline.photos;

import io.pawline.photos.PhotoFile.Size;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the Huffman codes of a JPEG without decoding its pixels
 * (<a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annexes F and G</a>), and finds out how much of the
 * picture its data do not give. A decoder fills that with grey or with anything, and reports no error. Used by one thread.
 */
final class JpegDamage {

    private static final int PROGRESSIVE = 0xC2;
    private static final int FIRST_RESTART = 0xD0;
    private static final int LAST_RESTART = 0xD7;
    private static final int MOST_SAMPLES = 4;

    /** More bytes than this behind the last code are from codes that were misread, if they are not few beside the data. */
    private static final int FEW_BYTES = 16;

    private static final int PARTS_OF_FEW = 100;

    private final @Nullable HuffmanCodes[] dc = new @Nullable HuffmanCodes[4];
    private final @Nullable HuffmanCodes[] ac = new @Nullable HuffmanCodes[4];
    /** The steps of the first coefficient, by the quantisation tables. */
    private final int[] steps = new int[4];

    private Component[] components = new Component[0];
    private Size size = new Size(0, 0);
    private boolean progressive;
    private int widest = 1;
    private int highest = 1;
    private int restartInterval;
    /** So many further blocks have no coefficients in this scan. */
    private int emptyBlocks;

    /** A component of the frame. */
    private static final class Component {
        private final int id;
        private final int horizontal;
        private final int vertical;
        private final int steps;
        /** For each block: which coefficients are not zero. */
        private long[] known = new long[0];

        private Component(int id, int horizontal, int vertical, int steps) {
            if (Math.min(horizontal, vertical) < 1 || Math.max(horizontal, vertical) > MOST_SAMPLES) {
                throw new IllegalArgumentException("there is no sampling of " + horizontal + " x " + vertical);
            }
            this.id = id;
            this.horizontal = horizontal;
            this.vertical = vertical;
            this.steps = steps;
        }
    }

    /** A component in a scan, with its tables, and the number of its blocks that come together. */
    private record Part(
            Component component,
            int blocks,
            @Nullable HuffmanCodes dc,
            @Nullable HuffmanCodes ac,
            JpegShift shift) {

        HuffmanCodes needed(@Nullable HuffmanCodes codes) throws PhotoRefusedException {
            if (codes == null) {
                throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
            }
            return codes;
        }
    }

    /** A scan: which coefficients come in it, and whether only their further bits do. */
    private record Scan(List<Part> parts, int from, int to, boolean refines, long units) {}

    private JpegDamage() {}

    /**
     * The share of the picture that is lost, 0 to 1. What only makes the picture finer does not count.
     *
     * @param segments of a JPEG that is not arithmetic or lossless; a scan's has its data with it
     * @throws PhotoRefusedException if the segments do not fit together
     */
    static double share(List<ByteBuffer> segments) throws PhotoRefusedException {
        JpegDamage damage = new JpegDamage();
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
                double lost = lost(scan, segment, 2 + length);
                return shapes(scan) ? lost : 0;
            }
            default -> {}
        }
        return 0;
    }

    private void readFrame(int marker, ByteBuffer content) {
        progressive = marker == PROGRESSIVE;
        size = new Size(Short.toUnsignedInt(content.getShort(3)), Short.toUnsignedInt(content.getShort(1)));
        components = new Component[content.get(5)];
        for (int number = 0; number < components.length; number++) {
            int sampling = Byte.toUnsignedInt(content.get(7 + 3 * number));
            components[number] = new Component(
                    content.get(6 + 3 * number), sampling >> 4, sampling & 15, content.get(8 + 3 * number) & 3);
            widest = Math.max(widest, components[number].horizontal);
            highest = Math.max(highest, components[number].vertical);
        }
    }

    private void readSteps(ByteBuffer content) {
        while (content.hasRemaining()) {
            int which = content.get();
            boolean wide = (which & 0xF0) != 0;
            int begin = content.position();
            steps[which & 15] =
                    wide ? Short.toUnsignedInt(content.getShort(begin)) : Byte.toUnsignedInt(content.get(begin));
            content.position(begin + (wide ? 128 : 64));
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
        Part[] parts = new Part[number];
        for (int part = 0; part < number; part++) {
            Component component = component(content.get(1 + 2 * part));
            int tables = Byte.toUnsignedInt(content.get(2 + 2 * part));
            int blocks = number == 1 ? 1 : component.horizontal * component.vertical;
            int columns = number == 1 ? columns(component) : Math.ceilDiv(size.width(), 8 * widest);
            int step = steps[component.steps] << (progressive ? approximation & 15 : 0);
            parts[part] = new Part(component, blocks, dc[tables >> 4], ac[tables & 15], new JpegShift(columns, step));
        }
        long units = number == 1
                ? (long) columns(parts[0].component) * rows(parts[0].component)
                : (long) Math.ceilDiv(size.width(), 8 * widest) * Math.ceilDiv(size.height(), 8 * highest);
        int from = progressive ? content.get(1 + 2 * number) : 0;
        int to = progressive ? content.get(2 + 2 * number) : 63;
        boolean refines = progressive && (approximation & 0xF0) != 0;
        boolean oneBand = from == 0 ? !progressive || to == 0 : number == 1;
        if (from < 0 || to < from || to > 63 || !oneBand) {
            throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
        }
        if (from > 0 && parts[0].component.known.length == 0) {
            parts[0].component.known = new long[Math.toIntExact(units)];
        }
        return new Scan(List.of(parts), from, to, refines, units);
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

    private int columns(Component component) {
        return Math.ceilDiv(Math.ceilDiv(size.width() * component.horizontal, widest), 8);
    }

    private int rows(Component component) {
        return Math.ceilDiv(Math.ceilDiv(size.height() * component.vertical, highest), 8);
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
            return scan.refines ? refine(scan, part, bits, unit) : follow(scan, part, bits, unit);
        }
        for (Part part : scan.parts) {
            for (int block = 0; block < part.blocks; block++) {
                if (scan.refines) {
                    bits.take(1);
                } else if (!followFirst(part, bits) || (!progressive && !bits.takeBlock(part.needed(part.ac)))) {
                    return false;
                }
            }
            if (!scan.refines) {
                part.shift.endUnit();
            }
        }
        return true;
    }

    private static boolean followFirst(Part part, JpegScanBits bits) throws PhotoRefusedException {
        int difference = bits.takeDifference(part.needed(part.dc));
        part.shift.addBlock(difference);
        return difference != JpegScanBits.NONE;
    }

    private boolean follow(Scan scan, Part part, JpegScanBits bits, int unit) throws PhotoRefusedException {
        if (emptyBlocks > 0) {
            emptyBlocks--;
            return true;
        }
        HuffmanCodes codes = part.needed(part.ac);
        for (int place = scan.from; place <= scan.to; place++) {
            int symbol = bits.takeWithValue(codes);
            if (symbol < 0) {
                return false;
            }
            int run = symbol >> 4;
            if ((symbol & 15) != 0) {
                place += run;
                if (place > scan.to) {
                    return false;
                }
                part.component.known[unit] |= 1L << place;
            } else if (run == 15) {
                place += 15;
            } else {
                emptyBlocks = (1 << run) + bits.take(run) - 1;
                return true;
            }
        }
        return true;
    }

    /** Follows a block in which known coefficients have one bit more, and others come to be known. */
    private boolean refine(Scan scan, Part part, JpegScanBits bits, int unit) throws PhotoRefusedException {
        HuffmanCodes codes = part.needed(part.ac);
        long[] known = part.component.known;
        int place = scan.from;
        while (emptyBlocks == 0 && place <= scan.to) {
            int symbol = bits.takeWithValue(codes);
            int run = symbol >> 4;
            if (symbol < 0 || (symbol & 15) > 1) {
                return false;
            }
            if (symbol == run << 4 && run < 15) {
                emptyBlocks = (1 << run) + bits.take(run);
                break;
            }
            for (; place <= scan.to; place++) {
                if ((known[unit] >> place & 1) != 0) {
                    bits.take(1);
                } else if (--run < 0) {
                    break;
                }
            }
            if ((symbol & 15) != 0) {
                if (place > scan.to) {
                    return false;
                }
                known[unit] |= 1L << place;
            }
            place++;
        }
        if (emptyBlocks > 0) {
            for (; place <= scan.to; place++) {
                if ((known[unit] >> place & 1) != 0) {
                    bits.take(1);
                }
            }
            emptyBlocks--;
        }
        return true;
    }
}
