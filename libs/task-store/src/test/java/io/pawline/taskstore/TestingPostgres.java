package io.pawline.taskstore;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Runs a real PostgreSQL for tests, empty at first, on a port of its own. */
public final class TestingPostgres implements AutoCloseable {

    private final EmbeddedPostgres server;

    private TestingPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    public static TestingPostgres start() {
        return start(0);
    }

    /** Starts on this port; 0 for any. */
    public static TestingPostgres start(int port) {
        try {
            return new TestingPostgres(EmbeddedPostgres.builder()
                    .setPort(port)
                    .setOutputRedirector(Redirect.DISCARD)
                    .setErrorRedirector(Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings for the database of this name; {@code postgres} always exists. */
    public DatabaseProperties database(String name) {
        return new DatabaseProperties(server.getJdbcUrl("postgres", name), "postgres", "postgres", 4, true);
    }

    /** Makes a new, empty database. */
    public DatabaseProperties create(String name) {
        execute("create database " + name);
        return database(name);
    }

    /** What every method of this package throws when the database is lost. */
    public static DatabaseUnavailableException lost() {
        return new DatabaseUnavailableException(new SQLException("no connection"));
    }

    /** Runs a statement in the database {@code postgres}. */
    public void execute(String sql) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
