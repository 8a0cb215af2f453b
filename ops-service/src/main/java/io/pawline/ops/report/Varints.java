package io.pawline.ops.report;

import java.util.Arrays;

/** Whole numbers in as few bytes as each needs: seven bits a byte, the lowest first, the sign in the lowest bit. */
final class Varints {

    private static final int MORE = 0x80;

    private Varints() {}

    /** Writes numbers one after the other. For one thread. */
    static final class Writer {

        private byte[] bytes = new byte[64];
        private int size;

        void add(long number) {
            if (size + 10 > bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            long left = (number << 1) ^ (number >> 63);
            while ((left & -MORE) != 0) {
                bytes[size++] = (byte) (left | MORE);
                left >>>= 7;
            }
            bytes[size++] = (byte) left;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }
    }

    /** Reads what a {@link Writer} wrote. For one thread. */
    static final class Reader {

        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean hasNext() {
            return at < bytes.length;
        }

        long next() {
            long number = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes[at++];
                number |= (long) (next & (MORE - 1)) << shift;
                if (next >= 0) {
                    return (number >>> 1) ^ -(number & 1);
                }
            }
        }
    }
}
