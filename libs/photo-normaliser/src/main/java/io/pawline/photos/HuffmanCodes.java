package io.pawline.photos;

import java.nio.ByteBuffer;

/** Holds a Huffman table of a JPEG (<a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annex C</a>). */
final class HuffmanCodes {

    static final int LONGEST = 16;

    /** Codes of no more bits than this are found at once. */
    static final int FAST_BITS = 10;

    /** For each beginning: the symbol, and above it the length of its code; 0 if the code is longer or unknown. */
    private final int[] fast = new int[1 << FAST_BITS];

    /** For each length: the first code that is not of it, in 16 bits. */
    private final int[] end = new int[LONGEST + 1];

    /** For each length: what a code and the place of its symbol differ by. */
    private final int[] shift = new int[LONGEST + 1];

    private final int[] symbols;

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

    private int findLong(int bits) {
        for (int length = FAST_BITS + 1; length <= LONGEST; length++) {
            if (bits < end[length]) {
                return length << 8 | symbols[(bits >> (LONGEST - length)) + shift[length]];
            }
        }
        return -1;
    }
}
