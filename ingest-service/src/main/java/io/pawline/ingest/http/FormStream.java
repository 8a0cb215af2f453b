package io.pawline.ingest.http;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Reads a form (<a href="https://www.rfc-editor.org/rfc/rfc7578">RFC 7578</a>) part by part while it arrives. It keeps
 * nothing of it, neither in memory nor in a file: each piece goes to the receiver of its part.
 */
public final class FormStream {

    /** Takes the parts of a form as they begin. */
    @FunctionalInterface
    public interface Parts {
        /**
         * Takes note of a part.
         *
         * @param contentType of the part; null: it names none
         * @throws ProblemException if there may be no such part; nothing more of the form is read then
         */
        PartContent begin(String name, @Nullable String contentType);
    }

    /** Takes the bytes of one part. */
    @FunctionalInterface
    public interface PartContent {
        /**
         * Takes a piece, which is gone when the method returns.
         *
         * @throws ProblemException if there may be no such bytes; nothing more of the form is read then
         */
        void take(ByteBuffer piece);
    }

    /** Holds what matters of the headers of a part. */
    private record PartHeaders(
            @Nullable String disposition, @Nullable String contentType) {}

    private FormStream() {}

    /**
     * Reads a form to its end.
     *
     * @param contentType of the form, with its boundary; null: it has none
     * @throws ProblemException if it is no whole form, or the receiver refuses it
     */
    public static void read(InputStream form, @Nullable String contentType, Parts parts) throws IOException {
        MultipartReader reader = new MultipartReader(form, boundary(contentType));
        while (reader.nextPart()) {
            PartHeaders headers = headers(reader.headers());
            PartContent content = parts.begin(name(headers.disposition()), headers.contentType());
            reader.content(content::take);
        }
    }

    private static String boundary(@Nullable String contentType) {
        try {
            String boundary = contentType == null
                    ? null
                    : MediaType.parseMediaType(contentType).getParameter("boundary");
            if (boundary == null) {
                return "";
            }
            boolean quoted = boundary.length() >= 2 && boundary.startsWith("\"") && boundary.endsWith("\"");
            return quoted ? boundary.substring(1, boundary.length() - 1) : boundary;
        } catch (InvalidMediaTypeException e) {
            return "";
        }
    }

    private static PartHeaders headers(String lines) {
        String disposition = null;
        String contentType = null;
        for (String line : lines.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, Math.max(0, colon)).strip().toLowerCase(Locale.ROOT)) {
                case "content-disposition" -> disposition = value;
                case "content-type" -> contentType = value;
                case "content-transfer-encoding" -> checkTransferEncoding(value);
                default -> {
                    // Nothing else matters
                }
            }
        }
        return new PartHeaders(disposition, contentType);
    }

    /** Browsers and programs send the bytes as they are; what e-mail does with them is of no use over HTTP. */
    private static void checkTransferEncoding(String value) {
        switch (value.toLowerCase(Locale.ROOT)) {
            case "binary", "8bit", "7bit" -> {
                // The bytes are as they are
            }
            default ->
                throw new ProblemException(
                        CommonProblem.INVALID_REQUEST,
                        "a part has the Content-Transfer-Encoding %s: send its bytes as they are"
                                .formatted(QuotedName.of(value)));
        }
    }

    private static String name(@Nullable String disposition) {
        try {
            ContentDisposition parsed = disposition == null ? null : ContentDisposition.parse(disposition);
            String name = parsed == null || !parsed.isFormData() ? null : parsed.getName();
            if (name != null) {
                return name;
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            // as if there were none; a single quote as a name is out of Spring's bounds
        }
        throw new ProblemException(
                CommonProblem.INVALID_REQUEST,
                "a part of the form has no name: it needs Content-Disposition: form-data; name=\"...\"");
    }
}
