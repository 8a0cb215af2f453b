package io.pawline.web;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * What can be wrong with a request, as the {@code type} of a problem
 * (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>); for enums, whose constants name it. Types never change
 * once released.
 */
public interface ProblemType {

    /** The constant's name. */
    String name();

    /** The answer's status. */
    HttpStatus status();

    /** One sentence for people, always the same. */
    String title();

    /** The stable name that clients match. */
    default URI uri() {
        return URI.create(
                "urn:pawline:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
}
