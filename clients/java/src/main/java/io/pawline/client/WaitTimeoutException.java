package io.pawline.client;

import java.util.UUID;

/** Says that a task, or a batch, had not ended when the time to wait was over. It goes on: wait again. */
public final class WaitTimeoutException extends PawlineException {

    private static final long serialVersionUID = 1;

    private final UUID id;

    WaitTimeoutException(UUID id, String message) {
        super(message, null);
        this.id = id;
    }

    /** Returns the id of the task or the batch. */
    public UUID id() {
        return id;
    }
}
