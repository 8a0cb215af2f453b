package io.pawline.local;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a real PostgreSQL server as a child of this process, on 127.0.0.1 only. What it has committed survives any
 * crash: unlike the embedding library's default, it writes to the disk before it confirms a commit.
 */
final class LocalDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalDatabase.class);
    private static final Duration START_WAIT = Duration.ofSeconds(60);
    private static final Duration STOP_WAIT = Duration.ofSeconds(10);

    private final EmbeddedPostgres server;

    private LocalDatabase(EmbeddedPostgres server) {
        this.server = server;
    }

    /**
     * Starts a server on this folder, which is created if it is missing.
     *
     * @param port to listen on
     * @param output file for what the server prints
     * @throws UncheckedIOException if it does not start
     */
    static LocalDatabase start(Path folder, int port, Path output) {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPort(port)
                // The library's hook would stop it while the services still drain; the stack stops it in order
                .setRegisterShutdownHook(false)
                .setPGStartupWait(START_WAIT)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "100")
                .setServerConfig("shared_buffers", "64MB")
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(output.toFile()));
        try {
            Files.createDirectories(folder);
            return new LocalDatabase(builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL did not start on " + folder + "; see " + output, failed);
        }
    }

    /** The JDBC address, user and database included. */
    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    DataSource dataSource() {
        return server.getPostgresDatabase();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL did not stop", failed);
        }
    }

    /**
     * Stops the server that a killed process left running on this folder, if there is one. If the server itself was
     * killed, waits until it and its children have left the system's list, because no other server starts before that.
     */
    static void stopLeftover(Path folder) {
        leftover(folder.resolve("postmaster.pid")).ifPresent(server -> {
            log.info("stopping the PostgreSQL server {} that an earlier run left on {}", server.pid(), folder);
            server.destroy();
            if (!ended(server)) {
                server.destroyForcibly();
            }
        });
        ProcessHandle.allProcesses().filter(process -> worksIn(process, folder)).forEach(LocalDatabase::ended);
    }

    private static Optional<ProcessHandle> leftover(Path pidFile) {
        try {
            if (!Files.exists(pidFile)) {
                return Optional.empty();
            }
            long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
            return ProcessHandle.of(pid).filter(LocalDatabase::mayBePostgres);
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    /** Whether the process works in the data folder, as PostgreSQL's processes do; only Linux says so. */
    private static boolean worksIn(ProcessHandle process, Path folder) {
        try {
            return Files.isSameFile(Path.of("/proc", Long.toString(process.pid()), "cwd"), folder);
        } catch (IOException gone) {
            return false;
        }
    }

    /**
     * Whether the process may be PostgreSQL: its number may belong to another program by now, and one that ends has no
     * name.
     */
    private static boolean mayBePostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> command.contains("postgres"))
                .orElse(true);
    }

    private static boolean ended(ProcessHandle process) {
        CompletableFuture<ProcessHandle> end = process.onExit();
        try {
            end.get(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException late) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
