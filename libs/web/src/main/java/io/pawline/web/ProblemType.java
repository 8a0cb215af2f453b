package io.pawline.web;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * Names what can be wrong with a request, as the {@code type} of a problem (<a
 * href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>). Enums implement it, and each constant names one type. A
 * type never changes once it is released.
 */
public interface ProblemType {

    /** The name of the constant. */
    String name();

    /** The status of the answer. */
    HttpStatus status();

    /** One sentence for people, always the same for one type. */
    String title();

    /** The stable name that clients match. */
    default URI uri() {
        return URI.create(
                "urn:pawline:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
}
