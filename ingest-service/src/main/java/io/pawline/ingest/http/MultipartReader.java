package io.pawline.ingest.http;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Divides a multipart body (<a href="https://www.rfc-editor.org/rfc/rfc2046#section-5.1">RFC 2046, 5.1</a>) into its
 * parts while it arrives. It holds one buffer and no more, and its work grows with the length of the body only, whatever
 * is in it. Every method throws {@link ProblemException} if the body is not well-formed or ends early. It is used by one
 * thread.
 *
 * <p>Jetty's and Commons FileUpload's parsers are not used, see RATIONALE.md.
 */
final class MultipartReader {

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int MAX_BOUNDARY_LENGTH = 1024;

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int head;
    private int tail;
    private boolean inContent = true;

    /** @param boundary from the media type of the body */
    MultipartReader(InputStream in, String boundary) {
        if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY_LENGTH) {
            throw broken();
        }
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // A body may begin with its first boundary, without the end of a line before it
        buffer[tail++] = '\r';
        buffer[tail++] = '\n';
    }

    /** Goes to the next part, past all that is left of the one before; returns false if there is none. */
    boolean nextPart() throws IOException {
        if (inContent) {
            content(_ -> {});
        }
        byte next = nextByte();
        if (next == '-') {
            if (nextByte() != '-') {
                throw broken();
            }
            return false;
        }
        while (next == ' ' || next == '\t') {
            next = nextByte();
        }
        if (next != '\r' || nextByte() != '\n') {
            throw broken();
        }
        return true;
    }

    /** The lines of the part's headers. Letters that are not in UTF-8 are replaced: only file names have such. */
    String headers() throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        boolean lineIsEmpty = true;
        while (true) {
            byte next = nextByte();
            lines.write(next);
            if (lines.size() > MAX_HEADER_BYTES) {
                throw broken();
            }
            if (next == '\n') {
                if (lineIsEmpty) {
                    break;
                }
                lineIsEmpty = true;
            } else if (next != '\r') {
                lineIsEmpty = false;
            }
        }
        // The end of the headers may be the beginning of the boundary, if there is no content
        head -= 2;
        buffer[head] = '\r';
        buffer[head + 1] = '\n';
        inContent = true;
        return lines.toString(StandardCharsets.UTF_8);
    }

    /** Gives the content of the part to the receiver, piece by piece. A piece is gone when the receiver returns. */
    void content(Consumer<ByteBuffer> receiver) throws IOException {
        while (tail - head < delimiter.length) {
            fill();
        }
        if (!isDelimiter(head)) {
            head += 2; // the end of the line before the content is none of it
        }
        int end = find();
        while (end < 0) {
            give(receiver, Math.max(head, tail - delimiter.length + 1));
            fill();
            end = find();
        }
        give(receiver, end);
        head += delimiter.length;
        inContent = false;
    }

    private void give(Consumer<ByteBuffer> receiver, int end) {
        if (end > head) {
            receiver.accept(ByteBuffer.wrap(buffer, head, end - head));
            head = end;
        }
    }

    /** The place of the next delimiter in the buffer; negative: none. Only the first byte of a delimiter is a CR. */
    private int find() {
        int last = tail - delimiter.length;
        for (int at = head; at <= last; at++) {
            if (buffer[at] == '\r' && isDelimiter(at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean isDelimiter(int at) {
        return Arrays.equals(buffer, at, at + delimiter.length, delimiter, 0, delimiter.length);
    }

    private byte nextByte() throws IOException {
        if (head == tail) {
            fill();
        }
        return buffer[head++];
    }

    /** Reads on. What is not used yet moves to the beginning, behind room for the end of a line. */
    private void fill() throws IOException {
        int left = tail - head;
        System.arraycopy(buffer, head, buffer, 2, left);
        head = 2;
        tail = 2 + left;
        int read = in.read(buffer, tail, buffer.length - tail);
        if (read < 0) {
            throw broken();
        }
        tail += read;
    }

    private static ProblemException broken() {
        return new ProblemException(
                CommonProblem.INVALID_REQUEST,
                "the multipart body cannot be read: it ends early or lacks its boundary");
    }
}
