package io.pawline.ingest.http;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * What can be wrong with a request, as the {@code type} of a problem
 * (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>). Types never change once released; docs/api.md lists
 * them.
 */
public enum ProblemType {
    UNAUTHORIZED(HttpStatus.UNAUTHORIZED, "The API key is missing or not valid"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "The API key does not allow this"),
    QUOTA_EXCEEDED(HttpStatus.TOO_MANY_REQUESTS, "The key's quota is used up"),
    INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
    ADDRESS_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "An address in the request is not one that is called"),
    PHOTO_NOT_AN_IMAGE(HttpStatus.UNPROCESSABLE_CONTENT, "The photo is no image"),
    PHOTO_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The photo is too large"),
    TASK_FINISHED(HttpStatus.CONFLICT, "The task has ended"),
    TASK_NOT_FINISHED(HttpStatus.CONFLICT, "The task has not ended yet"),
    NO_CALLBACK(HttpStatus.CONFLICT, "The task has nobody to be told"),
    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The key belongs to another request"),
    BACKLOG_TOO_LONG(HttpStatus.TOO_MANY_REQUESTS, "Too many tasks wait already"),
    REQUEST_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request is too large"),
    REQUEST_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "The request did not come in time"),
    TASK_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such task"),
    IMAGE_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such image"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not one of this address"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "None of the accepted media types can be given"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body's media type is not one that is taken"),
    DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The task database cannot be reached"),
    TOO_MANY_WAITS(HttpStatus.SERVICE_UNAVAILABLE, "As many requests wait as may"),
    IMAGE_STORE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The image store cannot be reached"),
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
            case 408 -> REQUEST_TIMEOUT;
            case 413 -> REQUEST_TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            default -> status.is4xxClientError() ? INVALID_REQUEST : INTERNAL_ERROR;
        };
    }

    /** The stable name that clients match. */
    public URI uri() {
        return URI.create(
                "urn:pawline:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    public HttpStatus status() {
        return status;
    }

    public String title() {
        return title;
    }
}
