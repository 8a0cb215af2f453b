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
 * Brings the tables of an owner up to date. The lock of Flyway does not cover the baseline that a database with other
 * tables needs, so two processes that start together can fail there. A lock around the whole lets them through one by
 * one.
 */
final class Migration {

    // Any number that nobody else in the database uses; this one is "task" in ASCII.
    private static final long LOCK = 0x7461_736bL;

    private Migration() {}

    /** @param owner of the tables: the migrations are in {@code db/pawline/<owner>} */
    static void run(DatabaseProperties properties, Duration connectionWait, String owner) throws SQLException {
        PGSimpleDataSource source = source(properties, connectionWait);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            // Released with the connection, however it ends.
            statement.execute("select pg_advisory_lock(" + LOCK + ")");
            flyway(source, owner).migrate();
        }
    }

    /**
     * Checks the tables and changes nothing. It accepts tables of a newer version, which a service finds after a
     * rollback.
     */
    static void check(DatabaseProperties properties, Duration connectionWait, String owner) {
        String missing = Arrays.stream(
                        flyway(source(properties, connectionWait), owner).info().pending())
                .map(migration -> String.valueOf(migration.getVersion()))
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new IllegalStateException(("The %s tables lack the migrations %s: start the service once with"
                            + " pawline.database.migrate: true (for the task tables, 'ingest-service setup' will do)")
                    .formatted(owner, missing));
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

    private static Flyway flyway(DataSource source, String owner) {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/pawline/" + owner)
                // A history for each owner, so that others may keep their tables in the same database.
                .table(owner + "_schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }
}
