package io.pawline.finalize;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads and writes four bytes of a picture as one number, the first in the highest bits. It is four times as fast. */
final class Pixel {

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int HIGHEST_BITS = 0x8080_8080;
    private static final long HIGHEST_BITS_OF_TWO = 0x8080_8080_8080_8080L;

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

    /** Two pixels, the first in the highest bits. */
    static long getTwo(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    static void putTwo(byte[] bytes, int at, long pixels) {
        LONGS.set(bytes, at, pixels);
    }

    /**
     * Subtracts each byte of the other number from that of the pixel, modulo 256. The highest bit of each is set
     * meanwhile, so no byte borrows from the next.
     */
    static int less(int pixel, int other) {
        int difference = (pixel | HIGHEST_BITS) - (other & ~HIGHEST_BITS);
        return difference ^ ((pixel ^ ~other) & HIGHEST_BITS);
    }

    /** Adds each byte to that of the other pixel, modulo 256. The highest bits are added apart, so no byte carries. */
    static int plus(int pixel, int other) {
        int sum = (pixel & ~HIGHEST_BITS) + (other & ~HIGHEST_BITS);
        return sum ^ ((pixel ^ other) & HIGHEST_BITS);
    }

    /** The same for two pixels. */
    static long plus(long pixels, long others) {
        long sum = (pixels & ~HIGHEST_BITS_OF_TWO) + (others & ~HIGHEST_BITS_OF_TWO);
        return sum ^ ((pixels ^ others) & HIGHEST_BITS_OF_TWO);
    }

    /** The mean of each byte and that of the other pixel, rounded down: what both have, and half of what one has. */
    static int mean(int pixel, int other) {
        return (pixel & other) + (((pixel ^ other) & 0xFEFE_FEFE) >>> 1);
    }
}
