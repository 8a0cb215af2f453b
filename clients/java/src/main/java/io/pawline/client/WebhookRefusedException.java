package io.pawline.client;

import org.jspecify.annotations.Nullable;

/** Says why a request is no genuine callback. Answer it with 401. */
public final class WebhookRefusedException extends PawlineException {

    private static final long serialVersionUID = 1;

    WebhookRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
