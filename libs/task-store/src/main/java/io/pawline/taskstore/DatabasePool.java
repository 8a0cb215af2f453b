package io.pawline.taskstore;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Names the pools of connections. Each kind of work has its own, so that many requests of one kind cannot keep the
 * others from the database. The server itself ends a statement that takes too long: one that nobody waits for any more
 * does not run on.
 */
enum DatabasePool {
    /** Everything that is written, and what is read for it. */
    WRITES("pawline"),
    /** Lists and look-ups, of API keys as well: a server that takes no writes fails nobody who reads. */
    READS("pawline-reads"),
    /** What people ask of ops-service: reports, searches, changes to many dead letters. */
    REPORTS("pawline-reports");

    /** Longest time for one statement that is no report. */
    static final Duration STATEMENT = Duration.ofSeconds(8);

    /** The time that an answer may need on its way. A server that is frozen shows after it. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(2);

    /** The time after which a connection that is not needed is closed, in pools that are not needed all the time. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final String applicationName;

    DatabasePool(String applicationName) {
        this.applicationName = applicationName;
    }

    private int size(DatabaseProperties properties) {
        return switch (this) {
            case WRITES -> properties.poolSize();
            case READS -> properties.readPoolSize();
            case REPORTS -> properties.reportPoolSize();
        };
    }

    /** Longest time for one statement; the server ends it then. */
    Duration statementTimeout(DatabaseProperties properties) {
        return this == REPORTS ? properties.reportTimeout() : STATEMENT;
    }

    HikariDataSource open(DatabaseProperties properties) {
        Duration connectionWait = TaskDatabase.CONNECTION_WAIT;
        Duration statement = statementTimeout(properties);
        HikariConfig config = new HikariConfig();
        config.setPoolName(applicationName);
        config.setJdbcUrl(properties.url());
        config.setUsername(properties.username());
        config.setPassword(properties.password());
        config.setMaximumPoolSize(size(properties));
        if (this != WRITES) {
            config.setMinimumIdle(1);
            config.setIdleTimeout(IDLE.toMillis());
        }
        config.setConnectionTimeout(connectionWait.toMillis());
        config.setValidationTimeout(connectionWait.dividedBy(2).toMillis());
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverride(new Eviction());
        // Set for the connection and not for each transaction: for a transaction, Jdbi asks the server three times.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        // No start-up option, which connection poolers such as PgBouncer refuse
        config.setConnectionInitSql("set statement_timeout = " + statement.toMillis());
        // The driver reads texts only, and ignores a number or a boolean without a word.
        config.addDataSourceProperty("connectTimeout", seconds(connectionWait));
        config.addDataSourceProperty("socketTimeout", seconds(statement.plus(ON_THE_WAY)));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.addDataSourceProperty("ApplicationName", applicationName);
        if (this != WRITES) {
            // A statement is planned once, not five times, which takes longer than to read a list. And times, ids and
            // numbers come in binary from the first time on. As texts they cost more than the sums of a report.
            config.addDataSourceProperty("prepareThreshold", "-1");
        }
        return new HikariDataSource(config);
    }

    /** The time in whole seconds, rounded up. The driver takes 0 for no limit. */
    private static String seconds(Duration time) {
        return Long.toString(time.plusMillis(999).toSeconds());
    }

    /** Has a connection closed that met a fault after which it is of no more use. */
    private static final class Eviction implements SQLExceptionOverride {
        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return DatabaseFault.of(failure).spoilsTheConnection() ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }
}
