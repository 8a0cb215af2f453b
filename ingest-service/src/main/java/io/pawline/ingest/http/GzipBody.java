package io.pawline.ingest.http;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a body that was packed with gzip (<a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>), in one member
 * or several. It throws {@link ProblemException} if the bytes are not such. It works step by step, where
 * {@link java.util.zip.GZIPInputStream} calls itself for each member: a body of very many empty members would overflow
 * the stack. It is used by one thread.
 */
final class GzipBody extends InputStream {

    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int HAS_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;

    /** The time, the operating system and a hint, which do not matter. */
    private static final int REST_OF_HEADER = 6;

    private enum State {
        BEFORE_MEMBER,
        IN_MEMBER,
        END
    }

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] packed = new byte[8192];
    private int position;
    private int limit;
    private State state = State.BEFORE_MEMBER;

    GzipBody(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (state != State.END) {
            if (state == State.BEFORE_MEMBER) {
                readHeader();
                state = State.IN_MEMBER;
            }
            int read = inflate(bytes, from, length);
            if (read > 0) {
                checksum.update(bytes, from, read);
                return read;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                feed();
            } else {
                throw broken();
            }
        }
        return -1;
    }

    private int inflate(byte[] bytes, int from, int length) {
        try {
            return inflater.inflate(bytes, from, length);
        } catch (DataFormatException e) {
            throw broken();
        }
    }

    private void feed() throws IOException {
        if (position == limit && !fill()) {
            throw broken();
        }
        inflater.setInput(packed, position, limit - position);
        position = limit;
    }

    /** Checks the trailer, and looks for another member behind it. */
    private void endMember() throws IOException {
        position -= inflater.getRemaining();
        if (next(4) != checksum.getValue() || next(4) != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw broken();
        }
        checksum.reset();
        inflater.reset();
        state = position < limit || fill() ? State.BEFORE_MEMBER : State.END;
    }

    private void readHeader() throws IOException {
        if (next(2) != MAGIC || next(1) != DEFLATE) {
            throw broken();
        }
        int flags = (int) next(1);
        skipPacked(REST_OF_HEADER);
        if ((flags & HAS_EXTRA) != 0) {
            skipPacked(next(2));
        }
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_CHECKSUM) != 0) {
            skipPacked(2);
        }
    }

    private void skipText() throws IOException {
        while (next(1) != 0) {
            // the text does not matter
        }
    }

    private void skipPacked(long bytes) throws IOException {
        for (long i = 0; i < bytes; i++) {
            next(1);
        }
    }

    /** The number in the next bytes, the lowest first. */
    private long next(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            if (position == limit && !fill()) {
                throw broken();
            }
            number |= (packed[position++] & 0xFFL) << (8 * i);
        }
        return number;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(packed, 0, packed.length));
        return limit > 0;
    }

    private static ProblemException broken() {
        return new ProblemException(
                CommonProblem.INVALID_REQUEST, "the body is no whole gzip, as its Content-Encoding says");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
