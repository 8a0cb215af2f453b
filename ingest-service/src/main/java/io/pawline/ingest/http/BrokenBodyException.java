package io.pawline.ingest.http;

import java.io.IOException;

/** Says that the body of a request cannot be read to its end: its client is gone, or too slow. */
final class BrokenBodyException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenBodyException(Throwable cause) {
        super("the body cannot be read to its end", cause);
    }
}
