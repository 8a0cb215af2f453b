package io.pawline.ingest.images;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says which bytes of a picture a request asks for (<a href="https://www.rfc-editor.org/rfc/rfc9110#section-14">RFC 9110, 14</a>). */
sealed interface ByteRange {

    /** All bytes. */
    record Whole() implements ByteRange {}

    /** So many bytes from this one on; 1 at least. */
    record Part(long from, long length) implements ByteRange {}

    /** None of the bytes that there are. */
    record Unsatisfiable() implements ByteRange {}

    /** Matches {@code bytes=5-9}, {@code bytes=5-} and {@code bytes=-9}. Nobody has a picture of more digits. */
    Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    /**
     * Reads the header {@code Range}. Everything but one range of bytes is answered with the whole, as the RFC allows.
     *
     * @param header null: there is none
     * @param size of the picture
     */
    static ByteRange of(@Nullable String header, long size) {
        Matcher one = ONE.matcher(header == null ? "" : header.replace(" ", ""));
        if (!one.matches()) {
            return new Whole();
        }
        String first = one.group(1);
        String last = one.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? new Whole() : suffix(Math.min(Long.parseLong(last), size), size);
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
        if (to < from) {
            return new Whole();
        }
        return from < size ? new Part(from, Math.min(to, size - 1) - from + 1) : new Unsatisfiable();
    }

    private static ByteRange suffix(long length, long size) {
        return length == 0 ? new Unsatisfiable() : new Part(size - length, length);
    }
}
