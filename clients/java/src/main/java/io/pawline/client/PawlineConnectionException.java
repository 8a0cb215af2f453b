package io.pawline.client;

import org.jspecify.annotations.Nullable;

/** Says that no answer came. The request may have been processed: send it again with the same idempotency key. */
public final class PawlineConnectionException extends PawlineException {

    private static final long serialVersionUID = 1;

    PawlineConnectionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
