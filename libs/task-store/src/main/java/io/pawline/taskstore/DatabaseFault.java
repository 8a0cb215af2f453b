package io.pawline.taskstore;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;

/**
 * Says what a failed statement means for the database and its connection. The SQLSTATE decides, in the one table below
 * (<a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL's list</a>). What the table does
 * not name is a fault of the statement.
 */
enum DatabaseFault {
    /** The server is gone, goes, or comes; or its disk is full. Nobody gets an answer. */
    LOST,
    /** The server takes no writes, as after a failover. Another server may be the primary by now. */
    READ_ONLY,
    /** The server has no memory or no room for this statement now. */
    OVERLOADED,
    /** The statement, a lock that it needs, or the transaction took too long. */
    SLOW,
    /** Another transaction was in the way, and this one was rolled back. */
    CONFLICT,
    /** The tables have changed since the statement was prepared on this connection. */
    STALE,
    /** The statement itself is at fault. */
    STATEMENT;

    /** The longest beginning of an SQLSTATE counts. */
    private static final Map<String, DatabaseFault> TABLE = new LinkedHashMap<>();

    private static final int SQLSTATE_LENGTH = 5;
    private static final int CLASS_LENGTH = 2;

    static {
        // Connection exception, system error (I/O), operator intervention (shutting down, starting up)
        put(LOST, "08", "58", "57");
        put(SLOW, "57014");
        put(READ_ONLY, "25006");
        // The server has closed the connection of a transaction that stood still
        put(SLOW, "25P03", "25P04");
        // Insufficient resources. Without room on the disk, or for a connection, nobody is served
        put(OVERLOADED, "53");
        put(LOST, "53100", "53300");
        // Serialization failure, deadlock, snapshot too old; of 40003 nobody knows whether it was committed
        put(CONFLICT, "40", "72");
        put(LOST, "40003");
        // Lock not available, object in use
        put(SLOW, "55P03", "55006");
    }

    private static void put(DatabaseFault fault, String... beginnings) {
        for (String beginning : beginnings) {
            TABLE.put(beginning, fault);
        }
    }

    /** The fault that a failure shows, by the first of its causes that is decisive. */
    static DatabaseFault of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectionException) {
                return LOST;
            }
            if (cause instanceof SQLException sql) {
                DatabaseFault fault = of(sql);
                if (fault != STATEMENT) {
                    return fault;
                }
            }
        }
        return STATEMENT;
    }

    /** The fault of one exception, whatever its causes are. */
    static DatabaseFault of(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null) {
            return STATEMENT;
        }
        // 0A000 has other meanings, too
        if (state.equals("0A000")) {
            return String.valueOf(failure.getMessage()).contains("cached plan") ? STALE : STATEMENT;
        }
        return ofState(state).orElse(STATEMENT);
    }

    private static Optional<DatabaseFault> ofState(String state) {
        for (int length = Math.min(SQLSTATE_LENGTH, state.length()); length >= CLASS_LENGTH; length--) {
            DatabaseFault fault = TABLE.get(state.substring(0, length));
            if (fault != null) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }

    /** Whether the same request may succeed later, so that its sender is to come again. */
    boolean passes() {
        return this != STATEMENT && this != STALE;
    }

    /** Whether all who wait for a connection would meet the same. */
    boolean concernsEverybody() {
        return this == LOST || this == READ_ONLY;
    }

    /** Whether the connection is of no more use. */
    boolean spoilsTheConnection() {
        return this == LOST || this == READ_ONLY || this == STALE;
    }

    /** Whether the transaction was rolled back and may succeed at once. */
    boolean asksForAnotherTry() {
        return this == CONFLICT || this == STALE;
    }
}
