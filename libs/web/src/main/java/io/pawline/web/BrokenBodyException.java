package io.pawline.web;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Says that the body of a request cannot be read to its end: it ends early, is malformed, or comes too slowly. */
final class BrokenBodyException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean late;

    BrokenBodyException(Throwable cause) {
        super("the body cannot be read to its end", cause);
        this.late = isTimeout(cause);
    }

    private static boolean isTimeout(@Nullable Throwable cause) {
        return cause != null && (cause instanceof TimeoutException || isTimeout(cause.getCause()));
    }

    /** Whether the body did not come in time, rather than wrongly. */
    boolean late() {
        return late;
    }
}
