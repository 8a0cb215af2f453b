package io.pawline.ops.http;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * What can be wrong with a request, as the {@code type} of a problem
 * (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>). Types never change once released; docs/dead-letters.md
 * lists them.
 */
enum ProblemType {
    INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
    UNAUTHORIZED(HttpStatus.UNAUTHORIZED, "The API key is missing or not valid"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "The API key does not allow this"),
    LETTER_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such dead letter"),
    TASK_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such task"),
    REPLAY_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such replay"),
    REPLAY_STATE(HttpStatus.CONFLICT, "The replay is not in the state for this"),
    LETTER_STATE(HttpStatus.CONFLICT, "The dead letter is not in the state for this"),
    PAYLOAD_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The payload is no event of the stage"),
    REQUEST_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request is too large"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not one of this address"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "None of the accepted media types can be given"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body's media type is not one that is taken"),
    DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The database cannot be reached"),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "Pawline has failed");

    private final HttpStatus status;
    private final String title;

    ProblemType(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The type that a status stands for where nothing more is known. */
    static ProblemType of(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> UNAUTHORIZED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 413 -> REQUEST_TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            default -> status.is4xxClientError() ? INVALID_REQUEST : INTERNAL_ERROR;
        };
    }

    /** The stable name that clients match. */
    URI uri() {
        return URI.create(
                "urn:pawline:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    HttpStatus status() {
        return status;
    }

    String title() {
        return title;
    }
}
