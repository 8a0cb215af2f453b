package io.pawline.photos;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Holds a Huffman table of a JPEG (<a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annex C</a>). */
final class HuffmanCodes {

    static final int LONGEST = 16;

    /** Codes of no more bits than this are found at once. */
    static final int FAST_BITS = 10;

    /** In so many bits are two or three codes of a photo. */
    static final int STEP_BITS = 12;

    /** For each beginning: the symbol, and above it the length of its code; 0 if the code is longer or unknown. */
    private final int[] fast = new int[1 << FAST_BITS];

    /** For each length: the first code that is not of it, in 16 bits. */
    private final int[] end = new int[LONGEST + 1];

    /** For each length: what a code and the place of its symbol differ by. */
    private final int[] shift = new int[LONGEST + 1];

    private final int[] symbols;

    /** Computed when it is asked for. */
    private int @Nullable [] steps;

    private HuffmanCodes(int[] symbols) {
        this.symbols = symbols;
    }

    /**
     * Reads a table, from the numbers of codes of each length on. The buffer is behind it then.
     *
     * @throws PhotoRefusedException if there are more codes than fit
     * @throws java.nio.BufferUnderflowException if it is not whole
     */
    static HuffmanCodes read(ByteBuffer content) throws PhotoRefusedException {
        int[] counts = new int[LONGEST + 1];
        int all = 0;
        for (int length = 1; length <= LONGEST; length++) {
            counts[length] = Byte.toUnsignedInt(content.get());
            all += counts[length];
        }
        HuffmanCodes codes = new HuffmanCodes(new int[all]);
        int code = 0;
        int place = 0;
        for (int length = 1; length <= LONGEST; length++) {
            codes.shift[length] = place - code;
            for (int count = counts[length]; count > 0; count--) {
                int symbol = Byte.toUnsignedInt(content.get());
                codes.symbols[place++] = symbol;
                codes.addFast(code++, length, symbol);
            }
            if (code > 1 << length) {
                throw PhotoRefusedException.damaged(PhotoFormat.JPEG);
            }
            codes.end[length] = code << (LONGEST - length);
            code <<= 1;
        }
        return codes;
    }

    private void addFast(int code, int length, int symbol) {
        if (length <= FAST_BITS && code < 1 << length) {
            int begin = code << (FAST_BITS - length);
            for (int at = 0; at < 1 << (FAST_BITS - length); at++) {
                fast[begin + at] = length << 8 | symbol;
            }
        }
    }

    /**
     * Finds the code with which these bits begin.
     *
     * @param bits the next 16 bits
     * @return the symbol, and above its 8 bits the length of the code; -1 if no code begins so
     */
    int find(int bits) {
        int found = fast[bits >> (LONGEST - FAST_BITS)];
        return found != 0 ? found : findLong(bits);
    }

    /**
     * For each beginning of {@link #STEP_BITS} bits: how far all codes get that are in them, with the numbers behind them.
     * The lowest byte is how many bits they take, the next one how many coefficients. It is negative if the last of them
     * ends the block, and 0 if there is no code.
     */
    int[] steps() {
        if (steps == null) {
            steps = new int[1 << STEP_BITS];
            for (int beginning = 0; beginning < steps.length; beginning++) {
                steps[beginning] = step(beginning);
            }
        }
        return steps;
    }

    private int step(int beginning) {
        int taken = 0;
        int coefficients = 0;
        while (taken < STEP_BITS) {
            int found = fast[((beginning << taken) & ((1 << STEP_BITS) - 1)) >> (STEP_BITS - FAST_BITS)];
            int length = found >> 8;
            if (found == 0 || taken + length > STEP_BITS) {
                break;
            }
            if ((found & 0xFF) == 0) {
                return (1 << 31) | (coefficients << 8) | (taken + length);
            }
            taken += length + (found & 15);
            coefficients += (found >> 4 & 15) + 1;
        }
        return coefficients << 8 | taken;
    }

    private int findLong(int bits) {
        for (int length = FAST_BITS + 1; length <= LONGEST; length++) {
            if (bits < end[length]) {
                return length << 8 | symbols[(bits >> (LONGEST - length)) + shift[length]];
            }
        }
        return -1;
    }
}
