package io.pawline.photos;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Reads pieces of files one after the other, as if they were one file. So a decoder gets a file without what is not for
 * it, and nothing is copied.
 */
final class PieceStream extends ImageInputStreamImpl {

    private final List<ByteBuffer> pieces = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>();
    private long length;
    private int current;

    PieceStream(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            if (piece.hasRemaining()) {
                this.pieces.add(piece.slice());
                starts.add(length);
                length += piece.remaining();
            }
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    /** Reads as much as is asked for, unless the end comes first: those who read numbers rely on it. */
    @Override
    public int read(byte[] into, int offset, int most) {
        Objects.checkFromIndexSize(offset, most, into.length);
        bitOffset = 0;
        int read = 0;
        while (read < most && streamPos < length) {
            read += readPiece(into, offset + read, most - read);
        }
        return read == 0 && most > 0 ? -1 : read;
    }

    private int readPiece(byte[] into, int offset, int most) {
        while (streamPos < starts.get(current)) {
            current--;
        }
        while (streamPos >= starts.get(current) + pieces.get(current).capacity()) {
            current++;
        }
        ByteBuffer piece = pieces.get(current);
        int at = (int) (streamPos - starts.get(current));
        int count = Math.min(most, piece.capacity() - at);
        piece.get(at, into, offset, count);
        streamPos += count;
        return count;
    }
}
