package io.pawline.finalize;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads and writes four bytes of a picture as one number, the first in the highest bits. It is four times as fast. */
final class Pixel {

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int HIGHEST_BITS = 0x8080_8080;

    private Pixel() {}

    /** The bytes of a picture of {@link BufferedImage#TYPE_4BYTE_ABGR}, not copied. */
    static byte[] abgr(BufferedImage image) {
        return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    }

    static int get(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    static void put(byte[] bytes, int at, int pixel) {
        INTS.set(bytes, at, pixel);
    }

    /**
     * Subtracts each byte of the other number from that of the pixel, modulo 256. The highest bit of each is set
     * meanwhile, so no byte borrows from the next.
     */
    static int less(int pixel, int other) {
        int difference = (pixel | HIGHEST_BITS) - (other & ~HIGHEST_BITS);
        return difference ^ ((pixel ^ ~other) & HIGHEST_BITS);
    }
}
