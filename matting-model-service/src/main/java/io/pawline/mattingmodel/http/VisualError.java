package io.pawline.mattingmodel.http;

import io.pawline.mattingmodel.work.NotCutOutException.Fault;

/**
 * An error in the words of the visual API. It has <a href="https://www.volcengine.com/docs/86081/1660201">a code of its
 * own</a> beside the HTTP status.
 */
record VisualError(int status, int code, String message) {

    static final int SUCCESS = 10_000;
    static final int INVALID_INPUT = 50_215;
    static final int INTERNAL = 50_500;

    static VisualError of(Fault fault) {
        return switch (fault) {
            // Without Retry-After, as the API has none: it would close the provider for all processes of the stage
            case BUSY, NO_MEMORY -> new VisualError(429, 50_430, "Request Has Reached API Concurrent Limit");
            case NOT_AN_IMAGE -> new VisualError(400, 50_207, "Image Decode Error");
            case TOO_LARGE -> new VisualError(400, 50_205, "Image Size Error");
            case ADDRESS_REFUSED -> new VisualError(400, 50_220, "Image Download Error");
            case UNREACHABLE -> new VisualError(500, INTERNAL, "Image Download Error");
        };
    }
}
