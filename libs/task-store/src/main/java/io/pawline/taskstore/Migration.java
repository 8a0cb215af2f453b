package io.pawline.taskstore;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Brings the tables of an owner up to date. The lock of Flyway does not cover the baseline that a database with other
 * tables needs, so two processes that start together can fail there. A lock around the whole lets them through one by
 * one.
 *
 * <p>A script that makes an index while services write runs outside a transaction, and waits for every transaction that
 * is older. So nobody waits for the lock within a statement, and the lock is not held in a transaction.
 */
final class Migration {

    // Any number that nobody else in the database uses; this one is "task" in ASCII.
    private static final long LOCK = 0x7461_736bL;

    private static final Duration PAUSE = Duration.ofMillis(100);

    private Migration() {}

    /** @param owner of the tables: the migrations are in {@code db/pawline/<owner>} */
    static void run(DatabaseProperties properties, Duration connectionWait, String owner) throws SQLException {
        PGSimpleDataSource source = source(properties, connectionWait);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            // Released with the connection, however it ends.
            while (!locked(statement)) {
                pause();
            }
            forgetBroken(statement, owner);
            flyway(source, owner).migrate();
        }
    }

    private static boolean locked(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another process brings the tables up to date", e);
        }
    }

    /**
     * Forgets scripts that were broken off, so that they run again. Only those without a transaction leave such a note,
     * and they are written to be run again.
     */
    private static void forgetBroken(Statement statement, String owner) throws SQLException {
        String history = owner + "_schema_history";
        try (ResultSet row = statement.executeQuery("select to_regclass('%s')".formatted(history))) {
            if (!row.next() || row.getString(1) == null) {
                return;
            }
        }
        statement.executeUpdate("delete from %s where not success".formatted(history));
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
            throw new IllegalStateException(
                    ("The %s tables lack the migrations %s: run 'ingest-service setup', or start"
                                    + " the service once with pawline.database.migrate: true")
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
        FluentConfiguration configuration = Flyway.configure();
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return configuration
                .dataSource(source)
                .locations("classpath:db/pawline/" + owner)
                // A history for each owner, so that others may keep their tables in the same database.
                .table(owner + "_schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }
}
