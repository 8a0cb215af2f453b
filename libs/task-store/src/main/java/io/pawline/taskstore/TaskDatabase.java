package io.pawline.taskstore;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.postgres.PostgresPlugin;

/**
 * Opens the task database and migrates its tables. A lost database shows within seconds: a thread whose turn it is
 * waits for a connection no longer than {@link #CONNECTION_WAIT}. {@link DatabaseFault} says what each failure means.
 * Thread-safe.
 */
public final class TaskDatabase implements AutoCloseable {

    private static final String TASK = "task";

    /** Longest wait for a free or new connection. */
    public static final Duration CONNECTION_WAIT = Duration.ofSeconds(2);

    /** Longest time for one statement {@linkplain #aside aside}: shorter than anybody waits for a connection. */
    private static final Duration ASIDE = CONNECTION_WAIT.dividedBy(2);

    /** A transaction that others are in the way of is done so often. */
    private static final int TRIES = 3;

    /** Pause before the next try, at least and without what chance adds. Who waited for the lock gets it meanwhile. */
    private static final Duration BEFORE_NEXT_TRY = Duration.ofMillis(50);

    /** Longest wait of a thread in the {@link ConnectionBulkhead}. */
    private static final Duration BULKHEAD_WAIT = Duration.ofSeconds(10);

    /**
     * The tenant for whom the thread asks, where a tenant's request is served. Nobody: the service itself asks. Each
     * tenant gets a fair share of the connections.
     */
    public static final ScopedValue<String> TENANT = ScopedValue.newInstance();

    /** Bound where a thread reads a list. A tenant's lists get a part of its share only, so that nothing else waits for them. */
    static final ScopedValue<Boolean> LISTS = ScopedValue.newInstance();

    /** Pause between two moments at which all connections are dropped. */
    private static final Duration RENEWAL = Duration.ofSeconds(1);

    private final DatabaseProperties properties;
    private final DatabasePool kind;
    private final Map<DatabasePool, TaskDatabase> pools;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final ConnectionBulkhead connectionBulkhead;
    private final AtomicLong renewedAt = new AtomicLong(System.nanoTime() - RENEWAL.toNanos());

    private TaskDatabase(DatabaseProperties properties, DatabasePool kind, Map<DatabasePool, TaskDatabase> pools) {
        this.properties = properties;
        this.kind = kind;
        this.pools = pools;
        this.pool = kind.open(properties);
        this.connectionBulkhead = new ConnectionBulkhead(pool.getMaximumPoolSize(), BULKHEAD_WAIT);
        this.jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
    }

    private static TaskDatabase pooled(DatabaseProperties properties) {
        Map<DatabasePool, TaskDatabase> pools = new ConcurrentHashMap<>();
        TaskDatabase database = new TaskDatabase(properties, DatabasePool.WRITES, pools);
        pools.put(DatabasePool.WRITES, database);
        return database;
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
        if (properties.migrate()) {
            migrate(properties, owners);
        } else {
            prepare(() -> with(owners).forEach(owner -> Migration.check(properties, CONNECTION_WAIT, owner)));
        }
        return pooled(properties);
    }

    /**
     * Brings the tables up to date. Several processes may do so at once. If they are up to date, nothing happens.
     *
     * @throws DatabaseUnavailableException if the database cannot be reached
     */
    public static void migrate(DatabaseProperties properties) {
        migrate(properties, List.of());
    }

    /**
     * Brings the tables up to date, those of further owners as well. Several processes may do so at once.
     *
     * @param owners the further owners, as of {@link #open(DatabaseProperties, List)}
     * @throws DatabaseUnavailableException if the database cannot be reached
     */
    public static void migrate(DatabaseProperties properties, List<String> owners) {
        prepare(() -> {
            for (String owner : with(owners)) {
                Migration.run(properties, CONNECTION_WAIT, owner);
            }
        });
    }

    private static List<String> with(List<String> owners) {
        return Stream.concat(Stream.of(TASK), owners.stream()).toList();
    }

    private static void prepare(Step step) {
        try {
            step.run();
        } catch (SQLException | FlywayException e) {
            if (DatabaseFault.of(e).passes()) {
                throw new DatabaseUnavailableException(e);
            }
            throw new IllegalStateException("The tables cannot be brought up to date: " + e.getMessage(), e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    /**
     * The same database over connections of their own, for lists and look-ups. However many there are, they keep nobody
     * from writing. It is closed with this one.
     */
    public TaskDatabase reads() {
        return pools.computeIfAbsent(DatabasePool.READS, kind -> new TaskDatabase(properties, kind, pools));
    }

    /**
     * The same database over connections of their own, for statements that may take as long as a report. It is closed
     * with this one.
     */
    public TaskDatabase reports() {
        return pools.computeIfAbsent(DatabasePool.REPORTS, kind -> new TaskDatabase(properties, kind, pools));
    }

    /**
     * Longest time for one statement on these connections. The server ends one that takes longer. It begins anew with
     * each part of an answer that is read in parts.
     */
    public Duration longestStatement() {
        return kind.statementTimeout(properties);
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
     * Does this work in one transaction, committed when this method returns. If another transaction is in the way, such
     * as in a deadlock, the work is done again from its beginning, twice at most, after a tenth of a second or two. So
     * it may have no effect outside the transaction that may not happen twice.
     *
     * @throws DatabaseUnavailableException if the database is lost
     */
    public <T, X extends Exception> T inTransaction(HandleCallback<T, X> work) throws X {
        return connectionBulkhead.execute(() -> {
            for (int tries = 1; ; tries++) {
                try {
                    return jdbi.inTransaction(work);
                } catch (JdbiException e) {
                    if (tries == TRIES || !DatabaseFault.of(e).asksForAnotherTry()) {
                        throw translated(e);
                    }
                }
                pause(onceToTwice(BEFORE_NEXT_TRY.multipliedBy(tries)));
            }
        });
    }

    /** Draws a time, so that two that met do not meet again. */
    private static Duration onceToTwice(Duration least) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(least.toMillis(), 2 * least.toMillis()));
    }

    /**
     * Waits so long.
     *
     * @throws DatabaseUnavailableException if the thread is interrupted
     */
    static void pause(Duration time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(e);
        }
    }

    /**
     * Reads a list for a tenant in one transaction, as {@link #inTransaction} does. Lists of a tenant get a part of its
     * share of the connections, and wait for each other only.
     *
     * @throws DatabaseUnavailableException if the database is lost
     */
    <T, X extends Exception> T list(HandleCallback<T, X> work) throws X {
        return ScopedValue.where(LISTS, true).<T, X>call(() -> inTransaction(work));
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

    /**
     * Does upkeep on one connection, each statement a transaction of its own. It passes by the {@link
     * ConnectionBulkhead}: if it does not get a lock, that does not count as a lost database for those who wait there.
     *
     * @throws DatabaseUnavailableException if the database is lost
     */
    <T, X extends Exception> T upkeep(HandleCallback<T, X> work) throws X {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw translated(e);
        }
    }

    private RuntimeException translated(JdbiException e) {
        DatabaseFault fault = DatabaseFault.of(e);
        if (fault == DatabaseFault.READ_ONLY) {
            renewConnections();
        }
        return fault.passes() ? new DatabaseUnavailableException(fault, e) : e;
    }

    /**
     * Drops the connections of all pools, those in use when they come back. They lead to a server that is no longer the
     * primary, and what is read there may be old.
     */
    private void renewConnections() {
        long last = renewedAt.get();
        long now = System.nanoTime();
        if (now - last >= RENEWAL.toNanos() && renewedAt.compareAndSet(last, now)) {
            pools.values().forEach(each -> {
                HikariPoolMXBean connections = each.pool.getHikariPoolMXBean();
                if (connections != null) {
                    connections.softEvictConnections();
                }
            });
        }
    }

    /** Closes all pools. */
    @Override
    public void close() {
        pools.values().forEach(each -> each.pool.close());
    }
}
