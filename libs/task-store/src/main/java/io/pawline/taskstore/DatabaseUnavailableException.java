package io.pawline.taskstore;

/**
 * Says that the database did not do what it was asked for, and may do it later. It is out of reach, went away during a
 * statement, takes no writes, or did not answer in time. Nothing is known to be written.
 */
public final class DatabaseUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DatabaseFault fault;

    DatabaseUnavailableException(Throwable cause) {
        this(DatabaseFault.LOST, cause);
    }

    DatabaseUnavailableException(DatabaseFault fault, Throwable cause) {
        super(message(fault), cause);
        this.fault = fault;
    }

    private static String message(DatabaseFault fault) {
        return switch (fault) {
            case LOST, STALE, STATEMENT -> "The task database cannot be reached";
            case READ_ONLY -> "The task database takes no writes";
            case OVERLOADED -> "The task database has no room for the statement";
            case SLOW -> "The task database did not answer in time";
            case CONFLICT -> "Another transaction was in the way";
        };
    }

    /** Whether the database answers others, and only this statement took too long. */
    public boolean isSlow() {
        return fault == DatabaseFault.SLOW;
    }

    /** Whether all who wait for a connection would meet the same. */
    boolean concernsEverybody() {
        return fault.concernsEverybody();
    }
}
