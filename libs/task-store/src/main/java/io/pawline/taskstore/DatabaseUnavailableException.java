package io.pawline.taskstore;

/** The database could not be reached, or gave up in the middle of a statement; nothing is known to be written. */
public final class DatabaseUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseUnavailableException(Throwable cause) {
        super("The task database cannot be reached", cause);
    }
}
