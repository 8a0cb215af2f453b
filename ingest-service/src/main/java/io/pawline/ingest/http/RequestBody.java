package io.pawline.ingest.http;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Reads the body of a request within a bound. A body whose {@code Content-Length} exceeds the bound is refused before
 * anything of it is read. A body with {@code Content-Encoding: gzip} is unpacked, and the bound holds before and after.
 */
public final class RequestBody {

    /** The one content coding that is read, besides none. */
    static final String GZIP = "gzip";

    private RequestBody() {}

    /**
     * Opens the body. Nothing is read of it before the first read from the stream.
     *
     * @param what names such a body in an answer, such as "a form"
     * @return a stream that throws {@link ProblemException} instead of giving more than these bytes, or bytes that cannot
     *     be unpacked
     * @throws ProblemException if the body is longer, as far as its head says
     * @throws UnsupportedCodingException if the body has another content coding
     */
    public static InputStream open(HttpServletRequest request, long maxBytes, String what) throws IOException {
        boolean packed = isPacked(request);
        if (request.getContentLengthLong() > maxBytes) {
            throw tooLarge(what, maxBytes);
        }
        InputStream body = new BoundedStream(request.getInputStream(), maxBytes, () -> tooLarge(what, maxBytes));
        return packed ? new BoundedStream(new GzipBody(body), maxBytes, () -> tooLarge(what, maxBytes)) : body;
    }

    /**
     * The most bytes that the body will have: those that its head names, or else the bound.
     *
     * @throws ProblemException if the head names more than the bound
     * @throws UnsupportedCodingException if the body has another content coding
     */
    public static long longest(HttpServletRequest request, long maxBytes, String what) {
        long length = request.getContentLengthLong();
        if (length > maxBytes) {
            throw tooLarge(what, maxBytes);
        }
        return isPacked(request) || length < 0 ? maxBytes : length;
    }

    /**
     * Reads a body with JSON, and gives it in UTF-8, whatever Unicode form or {@code charset} it came in.
     *
     * @throws ProblemException if the body is longer, or is no text in its character set
     * @throws UnsupportedCodingException if the body has another content coding than gzip
     */
    static byte[] json(HttpServletRequest request, long maxBytes) throws IOException {
        byte[] bytes;
        try (InputStream body = open(request, maxBytes, "a JSON body")) {
            bytes = body.readAllBytes();
        }
        Charset named = charset(request.getContentType());
        Charset charset = named.equals(StandardCharsets.UTF_8) ? unicodeForm(bytes) : named;
        return withoutMark(
                charset.equals(StandardCharsets.UTF_8)
                        ? bytes
                        : text("the body", ByteBuffer.wrap(bytes), charset).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads text in a character set.
     *
     * @param what names the text in an answer
     * @throws ProblemException if the bytes are no such text
     */
    public static String text(String what, ByteBuffer bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, what + " is no text in the character set " + charset.name());
        }
    }

    /**
     * The character set that a media type names. Spring has the request say UTF-8 always, so its own method is of no use.
     *
     * @param contentType null or without a character set: UTF-8
     * @throws ProblemException if it is no media type, or there is no such character set
     */
    public static Charset charset(@Nullable String contentType) {
        if (contentType == null) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Objects.requireNonNullElse(
                    MediaType.parseMediaType(contentType).getCharset(), StandardCharsets.UTF_8);
        } catch (InvalidMediaTypeException | IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new ProblemException(
                    CommonProblem.UNSUPPORTED_MEDIA_TYPE,
                    "the Content-Type %s is no media type, or its character set is unknown"
                            .formatted(QuotedName.of(contentType)));
        }
    }

    /** Finds UTF-16 and UTF-32 by where the zeros are: the first character of JSON, or a mark before it, shows them. */
    private static Charset unicodeForm(byte[] bytes) {
        int first = at(bytes, 0);
        int second = at(bytes, 1);
        if (first == 0 && second == 0) {
            return StandardCharsets.UTF_32BE;
        }
        if (second == 0 || (first == 0xFF && second == 0xFE)) {
            return at(bytes, 2) == 0 && at(bytes, 3) == 0 ? StandardCharsets.UTF_32LE : StandardCharsets.UTF_16LE;
        }
        return first == 0 || (first == 0xFE && second == 0xFF) ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
    }

    private static int at(byte[] bytes, int index) {
        return index < bytes.length ? Byte.toUnsignedInt(bytes[index]) : -1;
    }

    /** Drops the byte order mark, which some editors write. */
    private static byte[] withoutMark(byte[] utf8) {
        boolean marked = utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB && utf8[2] == (byte) 0xBF;
        return marked ? Arrays.copyOfRange(utf8, 3, utf8.length) : utf8;
    }

    private static boolean isPacked(HttpServletRequest request) {
        List<String> codings = Collections.list(request.getHeaders("Content-Encoding")).stream()
                .flatMap(header -> Stream.of(header.split(",", -1)))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
                .toList();
        if (codings.size() > 1
                || codings.stream().anyMatch(coding -> !coding.equals(GZIP) && !coding.equals("x-gzip"))) {
            throw new UnsupportedCodingException();
        }
        return !codings.isEmpty();
    }

    private static ProblemException tooLarge(String what, long maxBytes) {
        return new ProblemException(
                CommonProblem.REQUEST_TOO_LARGE,
                "%s has at most %d bytes: this one has more".formatted(what, maxBytes));
    }
}
