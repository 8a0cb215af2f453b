package io.pawline.taskstore;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Brings the task tables up to date. Flyway's own lock does not cover the baseline that a database with other tables in it
 * needs, so two processes that start together can fail there; a lock around the whole lets them pass one by one.
 */
final class Migration {

    // Any number will do, as long as nobody else in the database uses it: "task" in ASCII.
    private static final long LOCK = 0x7461_736bL;

    private Migration() {}

    static void run(DatabaseProperties properties, Duration connectionWait) throws SQLException {
        PGSimpleDataSource source = source(properties, connectionWait);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            // Let go with the connection, however it ends.
            statement.execute("select pg_advisory_lock(" + LOCK + ")");
            flyway(source).migrate();
        }
    }

    /** Changes nothing. Tables of a newer version are good: a service that is rolled back meets them. */
    static void check(DatabaseProperties properties, Duration connectionWait) {
        String missing = Arrays.stream(
                        flyway(source(properties, connectionWait)).info().pending())
                .map(migration -> String.valueOf(migration.getVersion()))
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new IllegalStateException("The task tables lack the migrations " + missing
                    + ": run ingest-service once with the argument 'setup', or set pawline.database.migrate to true");
        }
    }

    private static PGSimpleDataSource source(DatabaseProperties properties, Duration connectionWait) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(properties.url());
        source.setUser(properties.username());
        source.setPassword(properties.password());
        source.setConnectTimeout((int) connectionWait.toSeconds());
        source.setApplicationName("pawline-migration");
        return source;
    }

    private static Flyway flyway(DataSource source) {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/pawline/task")
                // A history of its own, so that others may keep their tables in the same database.
                .table("task_schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }
}
