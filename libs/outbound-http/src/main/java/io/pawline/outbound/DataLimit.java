package io.pawline.outbound;

/** Limits the bytes of an answer's body that are read into memory, from 1 byte to 1 GiB. */
public record DataLimit(long bytes) {

    private static final long KIB = 1024;
    private static final long GIB = KIB * KIB * KIB;

    public DataLimit {
        if (bytes < 1 || bytes > GIB) {
            throw new IllegalArgumentException("a data limit must be 1 byte to 1 GiB, was " + bytes + " bytes");
        }
    }

    public static DataLimit ofBytes(long bytes) {
        return new DataLimit(bytes);
    }

    public static DataLimit ofKilobytes(long kibibytes) {
        return new DataLimit(Math.multiplyExact(kibibytes, KIB));
    }

    public static DataLimit ofMegabytes(long mebibytes) {
        return new DataLimit(Math.multiplyExact(mebibytes, KIB * KIB));
    }
}
