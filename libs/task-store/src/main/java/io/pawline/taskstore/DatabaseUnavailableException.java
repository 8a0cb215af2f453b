package io.pawline.taskstore;

/** Says that the database is lost: out of reach, or gone during a statement. Nothing is known to be written. */
public final class DatabaseUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseUnavailableException(Throwable cause) {
        super("The task database cannot be reached", cause);
    }
}
