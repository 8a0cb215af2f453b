package io.pawline.taskstore;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.postgres.PostgresPlugin;

/**
 * Opens the task database and migrates its tables. A lost database shows within seconds: a thread whose turn it is
 * waits for a connection no longer than {@link #CONNECTION_WAIT}. Thread-safe.
 */
public final class TaskDatabase implements AutoCloseable {

    private static final String TASK = "task";

    /** Longest wait for a free or new connection. */
    public static final Duration CONNECTION_WAIT = Duration.ofSeconds(2);

    /** Longest wait for the next bytes of the server. No statement here takes nearly as long. */
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(10);

    /** Longest time for one statement {@linkplain #aside aside}: shorter than anybody waits for a connection. */
    private static final Duration ASIDE = CONNECTION_WAIT.dividedBy(2);

    /** Longest wait of a thread in the {@link ConnectionBulkhead}. */
    private static final Duration BULKHEAD_WAIT = Duration.ofSeconds(10);

    // https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exception, insufficient resources,
    // operator intervention (shutting down, starting up), lock not available
    private static final Set<String> UNAVAILABLE = Set.of("08", "53", "57", "55P03");

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final ConnectionBulkhead connectionBulkhead;

    private TaskDatabase(HikariDataSource pool) {
        this.connectionBulkhead = new ConnectionBulkhead(pool.getMaximumPoolSize(), BULKHEAD_WAIT);
        this.pool = pool;
        this.jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
    }

    /**
     * Opens the database. Depending on the settings, brings its tables up to date or only checks that they are. Several
     * processes may do so at once.
     *
     * @throws DatabaseUnavailableException if it cannot be reached
     * @throws IllegalStateException if the tables are not, or cannot be brought, up to date
     */
    public static TaskDatabase open(DatabaseProperties properties) {
        return open(properties, List.of());
    }

    /**
     * Opens the database with the tables of further owners beside those of the tasks.
     *
     * @param owners the further owners; the migrations of each are on the class path in {@code db/pawline/<owner>}, its
     *     history is in {@code <owner>_schema_history}
     * @throws DatabaseUnavailableException if it cannot be reached
     * @throws IllegalStateException if the tables are not, or cannot be brought, up to date
     */
    public static TaskDatabase open(DatabaseProperties properties, List<String> owners) {
        List<String> all = Stream.concat(Stream.of(TASK), owners.stream()).toList();
        if (properties.migrate()) {
            migrate(properties, all);
        } else {
            prepare(() -> all.forEach(owner -> Migration.check(properties, CONNECTION_WAIT, owner)));
        }
        return new TaskDatabase(pool(properties));
    }

    /**
     * Brings the tables up to date. Several processes may do so at once. If they are up to date, nothing happens.
     *
     * @throws DatabaseUnavailableException if the database cannot be reached
     */
    public static void migrate(DatabaseProperties properties) {
        migrate(properties, List.of(TASK));
    }

    private static void migrate(DatabaseProperties properties, List<String> owners) {
        prepare(() -> {
            for (String owner : owners) {
                Migration.run(properties, CONNECTION_WAIT, owner);
            }
        });
    }

    private static void prepare(Step step) {
        try {
            step.run();
        } catch (SQLException | FlywayException e) {
            if (isUnavailable(e)) {
                throw new DatabaseUnavailableException(e);
            }
            throw new IllegalStateException("The tables cannot be brought up to date: " + e.getMessage(), e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    private static HikariDataSource pool(DatabaseProperties properties) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("pawline-tasks");
        config.setJdbcUrl(properties.url());
        config.setUsername(properties.username());
        config.setPassword(properties.password());
        config.setMaximumPoolSize(properties.poolSize());
        config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
        config.setValidationTimeout(CONNECTION_WAIT.dividedBy(2).toMillis());
        config.setInitializationFailTimeout(-1);
        // Set for the connection and not for each transaction: for a transaction, Jdbi asks the server three times.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.addDataSourceProperty("connectTimeout", CONNECTION_WAIT.toSeconds());
        config.addDataSourceProperty("socketTimeout", ANSWER_WAIT.toSeconds());
        config.addDataSourceProperty("tcpKeepAlive", true);
        config.addDataSourceProperty("reWriteBatchedInserts", true);
        config.addDataSourceProperty("ApplicationName", "pawline");
        return new HikariDataSource(config);
    }

    /**
     * Gives access for queries outside this package. Their exceptions are not translated; those of this package are.
     */
    public Jdbi jdbi() {
        return jdbi;
    }

    /** Whether the database answers now. */
    public boolean answers() {
        try {
            return with(handle ->
                    handle.createQuery("select true").mapTo(Boolean.class).one());
        } catch (DatabaseUnavailableException e) {
            return false;
        }
    }

    /**
     * Does this work on one connection. Each statement is a transaction of its own, committed when it returns.
     *
     * @throws DatabaseUnavailableException if the database is lost
     */
    public <T, X extends Exception> T with(HandleCallback<T, X> work) throws X {
        return connectionBulkhead.execute(() -> {
            try {
                return jdbi.withHandle(work);
            } catch (JdbiException e) {
                throw translated(e);
            }
        });
    }

    /**
     * Does this work in one transaction, committed when this method returns.
     *
     * @throws DatabaseUnavailableException if the database is lost
     */
    public <T, X extends Exception> T inTransaction(HandleCallback<T, X> work) throws X {
        return connectionBulkhead.execute(() -> {
            try {
                return jdbi.inTransaction(work);
            } catch (JdbiException e) {
                throw translated(e);
            }
        });
    }

    /**
     * Does work that others can do without, in one transaction, committed when this method returns. It passes by the
     * {@link ConnectionBulkhead}: if its table is locked or gone, that does not count as a lost database for those who
     * wait there. No statement of it takes longer than a second.
     *
     * @throws DatabaseUnavailableException if the database is lost, or if a statement takes longer
     */
    <T, X extends Exception> T aside(HandleCallback<T, X> work) throws X {
        try {
            return jdbi.inTransaction(handle -> {
                handle.execute("set local statement_timeout = " + ASIDE.toMillis());
                return work.withHandle(handle);
            });
        } catch (JdbiException e) {
            throw translated(e);
        }
    }

    private static RuntimeException translated(JdbiException e) {
        return isUnavailable(e) ? new DatabaseUnavailableException(e) : e;
    }

    private static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectionException) {
                return true;
            }
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && UNAVAILABLE.stream().anyMatch(sql.getSQLState()::startsWith)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        pool.close();
    }
}
