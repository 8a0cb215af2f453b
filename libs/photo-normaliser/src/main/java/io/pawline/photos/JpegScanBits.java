package io.pawline.photos;

import java.nio.ByteBuffer;

/** Reads the bits of a part of a scan, in which a zero follows each byte 255. Used by one thread. */
final class JpegScanBits {

    /** Stands for a code that there is not. */
    static final int NONE = Integer.MIN_VALUE;

    private static final int MOST_BITS_OF_DIFFERENCE = 11;
    private static final int COEFFICIENTS = 64;

    private final ByteBuffer file;
    private int at;
    private int end;
    private long bits;
    /** How many of the bits, at the upper end, have not been taken. */
    private int count;
    /** How many of the bits that were added are none of the file. */
    private int missing;

    JpegScanBits(ByteBuffer file) {
        this.file = file;
    }

    /** Begins to read between these places. */
    void begin(int from, int to) {
        at = from;
        end = to;
        bits = 0;
        count = 0;
        missing = 0;
    }

    /**
     * Takes the next code.
     *
     * @return the symbol; -1 if there is no such code
     */
    int takeSymbol(HuffmanCodes codes) {
        fill();
        int found = codes.find((int) (bits >>> 48));
        if (found < 0) {
            return -1;
        }
        bits <<= found >> 8;
        count -= found >> 8;
        return found & 0xFF;
    }

    /**
     * Takes the next code, and the number behind it.
     *
     * @return the symbol; -1 if there is no such code
     */
    int takeWithNumber(HuffmanCodes codes) {
        fill();
        int found = codes.find((int) (bits >>> 48));
        if (found < 0) {
            return -1;
        }
        int length = (found >> 8) + (found & 15);
        bits <<= length;
        count -= length;
        return found & 0xFF;
    }

    /** Takes the number, of up to 16 bits, that a symbol announces. */
    int takeNumber(int size) {
        int value = take(size);
        return value >= 1 << size >> 1 ? value : value - (1 << size) + 1;
    }

    /**
     * Takes the codes of all coefficients of a block but its first, and the bits behind each of them.
     *
     * @return whether there are such codes, and no more than coefficients
     */
    boolean takeBlock(HuffmanCodes codes) {
        // Locals, because this is where the time goes
        long bits = this.bits;
        int count = this.count;
        int[] steps = codes.steps();
        int place = 1;
        boolean ended = false;
        boolean known = true;
        while (!ended && known && place < COEFFICIENTS) {
            if (count < 32) {
                this.bits = bits;
                this.count = count;
                fill();
                bits = this.bits;
                count = this.count;
            }
            int step = steps[(int) (bits >>> (64 - HuffmanCodes.STEP_BITS))];
            int length = step & 0xFF;
            int places = step >> 8 & 0xFF;
            ended = step < 0;
            if (step == 0 || place + places >= COEFFICIENTS) {
                int found = codes.find((int) (bits >>> 48));
                length = (found >> 8) + (found & 15);
                places = (found >> 4 & 15) + 1;
                ended = (found & 0xFF) == 0;
                known = found >= 0;
            }
            bits <<= length;
            count -= length;
            place += places;
        }
        this.bits = bits;
        this.count = count;
        return known && (ended || place == COEFFICIENTS);
    }

    /**
     * Takes the next code, and the difference that it announces between two blocks.
     *
     * @return {@link #NONE} if there is no such code
     */
    int takeDifference(HuffmanCodes codes) {
        int size = takeSymbol(codes);
        return size < 0 || size > MOST_BITS_OF_DIFFERENCE ? NONE : takeNumber(size);
    }

    /** Takes up to 16 bits. */
    int take(int number) {
        fill();
        int value = number == 0 ? 0 : (int) (bits >>> (64 - number));
        bits <<= number;
        count -= number;
        return value;
    }

    private void fill() {
        if (count >= 32) {
            return;
        }
        if (at + 4 <= end) {
            int next = file.getInt(at);
            if ((~next - 0x01010101 & next & 0x80808080) == 0) { // no byte is 255
                bits |= (next & 0xFFFFFFFFL) << (32 - count);
                count += 32;
                at += 4;
                return;
            }
        }
        while (count < 32) {
            bits |= (long) nextByte() << (56 - count);
            count += 8;
        }
    }

    private int nextByte() {
        if (at >= end) {
            missing += 8;
            return 0;
        }
        int next = Byte.toUnsignedInt(file.get(at));
        if (next != 0xFF) {
            at++;
            return next;
        }
        int behind = at + 1;
        while (behind < end && file.get(behind) == (byte) 0xFF) {
            behind++;
        }
        if (behind < end && file.get(behind) == 0) {
            at = behind + 1;
            return 0xFF;
        }
        end = at; // a marker: nothing behind it belongs to the data
        missing += 8;
        return 0;
    }

    /** Whether more was taken than there was. */
    boolean isExhausted() {
        return count < missing;
    }

    /** How many whole bytes are left. */
    int left() {
        return end - at + Math.max(0, count - missing) / 8;
    }

    /** Whether what is left is one byte again and again, with which some cameras fill their files. */
    boolean isFilling() {
        for (int place = at; place < end; place++) {
            if (file.get(place) != file.get(end - 1)) {
                return false;
            }
        }
        return true;
    }
}
