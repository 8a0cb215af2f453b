package io.pawline.client;

import org.jspecify.annotations.Nullable;

/** Says that a call, a wait or a verification came to nothing. Each kind has a class of its own. */
public abstract sealed class PawlineException extends RuntimeException
        permits PawlineProblemException, PawlineConnectionException, WaitTimeoutException, WebhookRefusedException {

    private static final long serialVersionUID = 1;

    PawlineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
