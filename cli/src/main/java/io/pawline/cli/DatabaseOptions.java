package io.pawline.cli;

import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the task database is. A password is no option: others could read it in the list of processes. */
final class DatabaseOptions {

    private static final String PASSWORD = "PAWLINE_DATABASE_PASSWORD";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = ".pawline",
            description = "Folder of a local stack that runs (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            defaultValue = "${env:PAWLINE_DATABASE_URL}",
            description = {
                "The services' pawline.database.url, instead of a local stack. The password is taken from",
                PASSWORD + " (default: PAWLINE_DATABASE_URL in the environment)."
            })
    private @Nullable String url;

    @Option(
            names = "--database-username",
            paramLabel = "NAME",
            defaultValue = "${env:PAWLINE_DATABASE_USERNAME}",
            description = "The services' pawline.database.username (default: PAWLINE_DATABASE_USERNAME).")
    private @Nullable String username;

    /** The database, open; its tables are up to date. */
    TaskDatabase open() {
        return TaskDatabase.open(url == null ? local() : elsewhere(url));
    }

    private DatabaseProperties elsewhere(String address) {
        String password = System.getenv(PASSWORD);
        if (username == null || password == null) {
            throw new IllegalStateException(
                    "with --database-url there must be --database-username, and the password in " + PASSWORD);
        }
        return new DatabaseProperties(address, username, password, 1, false);
    }

    private DatabaseProperties local() {
        Path file = folder.resolve("local.properties");
        if (!Files.isReadable(file)) {
            throw new IllegalStateException("no local stack has run in " + folder
                    + ": name its folder with --data-dir, or a database with --database-url");
        }
        Properties settings = new Properties();
        try (Reader lines = Files.newBufferedReader(file)) {
            settings.load(lines);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the settings cannot be read: " + file, unreadable);
        }
        return new DatabaseProperties(
                setting(settings, "url", file),
                setting(settings, "username", file),
                setting(settings, "password", file),
                1,
                true);
    }

    private static String setting(Properties settings, String name, Path file) {
        return Optional.ofNullable(settings.getProperty("pawline.database." + name))
                .orElseThrow(
                        () -> new IllegalStateException("pawline.database.%s is missing in %s".formatted(name, file)));
    }
}
