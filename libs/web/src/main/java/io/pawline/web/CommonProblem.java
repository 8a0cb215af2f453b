package io.pawline.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/** Names what can be wrong with a request to any of Pawline's interfaces. */
public enum CommonProblem implements ProblemType {
    INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
    UNAUTHORIZED(HttpStatus.UNAUTHORIZED, "The API key is missing or not valid"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "The API key does not allow this"),
    TASK_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such task"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not one of this address"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "None of the accepted media types can be given"),
    REQUEST_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "The request did not come in time"),
    REQUEST_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body's media type is not one that is taken"),
    DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The task database cannot be reached"),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "Pawline has failed");

    private final HttpStatus status;
    private final String title;

    CommonProblem(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The type that a status stands for if nothing more is known. */
    static CommonProblem of(HttpStatusCode status) {
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

    @Override
    public HttpStatus status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }
}
