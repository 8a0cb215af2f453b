package io.pawline.taskstore;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Gives a test a real PostgreSQL: an empty database on the one server of this JVM, or a server of its own. Thread-safe.
 */
public final class TestingPostgres implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Server server;
    private final String database;
    private final boolean owns;

    private TestingPostgres(Server server, String database, boolean owns) {
        this.server = server;
        this.database = database;
        this.owns = owns;
    }

    /** Ends with the JVM. */
    private static final class SharedServer {
        static final Server SERVER = Server.start(Map.of("max_connections", "300"));
    }

    private record Server(EmbeddedPostgres postgres, TestingPort port) implements AutoCloseable {

        static Server start(Map<String, String> settings) {
            TestingPort port = TestingPort.any();
            Redirect output = log(port);
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setPort(port.number())
                    .setOutputRedirector(output)
                    .setErrorRedirector(output);
            settings.forEach(builder::setServerConfig);
            try {
                return new Server(builder.start(), port);
            } catch (IOException e) {
                port.close();
                throw new UncheckedIOException(e);
            }
        }

        /** Where a build keeps what its tests wrote, if this is one. */
        private static Redirect log(TestingPort port) {
            Path folder = Path.of("target");
            return Files.isDirectory(folder)
                    ? Redirect.appendTo(
                            folder.resolve("postgres-" + port.number() + ".log").toFile())
                    : Redirect.DISCARD;
        }

        @Override
        public void close() {
            try (port) {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Makes an empty database on the server that all tests of this JVM share. */
    public static TestingPostgres shared() {
        return new TestingPostgres(SharedServer.SERVER, newDatabase(SharedServer.SERVER, "test"), false);
    }

    /** Starts a server that this test may set up for itself and stop. */
    public static TestingPostgres own() {
        return own(Map.of());
    }

    /** Starts the same with these lines of {@code postgresql.conf}. */
    public static TestingPostgres own(Map<String, String> settings) {
        return new TestingPostgres(Server.start(settings), "postgres", true);
    }

    /** The settings for this database. */
    public DatabaseProperties database() {
        return properties(database);
    }

    /** This database, a new connection each time. */
    public DataSource dataSource() {
        return server.postgres().getDatabase("postgres", database);
    }

    /** The server's, on 127.0.0.1. */
    public int port() {
        return server.port().number();
    }

    /** Makes another empty database on the same server; its name begins with this one. */
    public DatabaseProperties create(String name) {
        return properties(newDatabase(server, name));
    }

    private DatabaseProperties properties(String name) {
        return new DatabaseProperties(server.postgres().getJdbcUrl("postgres", name), "postgres", "postgres", 4, true);
    }

    private static String newDatabase(Server server, String name) {
        String unique = name + "_" + NUMBER.incrementAndGet();
        execute(server.postgres().getPostgresDatabase(), "create database " + unique);
        return unique;
    }

    /** What every method of this package throws when the database is lost. */
    public static DatabaseUnavailableException lost() {
        return new DatabaseUnavailableException(new SQLException("no connection"));
    }

    /** Runs a statement in this database. */
    public void execute(String sql) {
        execute(dataSource(), sql);
    }

    private static void execute(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops the server if it is the test's own; otherwise drops the database, whoever is still connected to it. */
    @Override
    public void close() {
        if (owns) {
            server.close();
        } else {
            execute(server.postgres().getPostgresDatabase(), "drop database " + database + " with (force)");
        }
    }
}
