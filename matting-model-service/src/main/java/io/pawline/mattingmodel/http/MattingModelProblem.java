package io.pawline.mattingmodel.http;

import io.pawline.mattingmodel.work.NotCutOutException.Fault;
import io.pawline.web.ProblemType;
import org.springframework.http.HttpStatus;

/** Names what can be wrong with a picture, besides the {@link io.pawline.web.CommonProblem}s. */
enum MattingModelProblem implements ProblemType {
    TOO_MANY_PICTURES(HttpStatus.TOO_MANY_REQUESTS, "As many pictures are under way as may"),
    NO_MEMORY_NOW(HttpStatus.SERVICE_UNAVAILABLE, "Other pictures hold the memory"),
    PICTURE_NOT_AN_IMAGE(HttpStatus.UNPROCESSABLE_CONTENT, "The picture is no image"),
    PICTURE_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The picture is too large"),
    PICTURE_ADDRESS_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The address of the picture is not one that is called"),
    PICTURE_UNREACHABLE(HttpStatus.SERVICE_UNAVAILABLE, "The picture cannot be fetched now");

    private final HttpStatus status;
    private final String title;

    MattingModelProblem(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    static MattingModelProblem of(Fault fault) {
        return switch (fault) {
            case BUSY -> TOO_MANY_PICTURES;
            case NO_MEMORY -> NO_MEMORY_NOW;
            case NOT_AN_IMAGE -> PICTURE_NOT_AN_IMAGE;
            case TOO_LARGE -> PICTURE_TOO_LARGE;
            case ADDRESS_REFUSED -> PICTURE_ADDRESS_REFUSED;
            case UNREACHABLE -> PICTURE_UNREACHABLE;
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
