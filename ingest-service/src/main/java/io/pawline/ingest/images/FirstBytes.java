package io.pawline.ingest.images;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Gives the first bytes of a stream, and then says that it has ended. */
final class FirstBytes extends FilterInputStream {

    private long left;

    /** @param bytes that it gives at most */
    FirstBytes(InputStream in, long bytes) {
        super(in);
        this.left = bytes;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (left == 0 && length > 0) {
            return -1;
        }
        int read = in.read(bytes, from, (int) Math.min(length, left));
        left -= Math.max(0, read);
        return read;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
