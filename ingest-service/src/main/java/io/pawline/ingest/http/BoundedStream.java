package io.pawline.ingest.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** Gives so many bytes of a stream, and fails if there are more. It skips and marks nothing. */
final class BoundedStream extends FilterInputStream {

    private final Supplier<? extends RuntimeException> tooMany;
    private long left;

    /** @param tooMany makes what is thrown instead of the first byte beyond the bound */
    BoundedStream(InputStream in, long maxBytes, Supplier<? extends RuntimeException> tooMany) {
        super(in);
        this.left = maxBytes;
        this.tooMany = tooMany;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        int read = in.read(bytes, from, (int) Math.min(length, left + 1));
        if (read > 0) {
            left -= read;
            if (left < 0) {
                throw tooMany.get();
            }
        }
        return read;
    }

    @Override
    public long skip(long bytes) {
        return 0;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
