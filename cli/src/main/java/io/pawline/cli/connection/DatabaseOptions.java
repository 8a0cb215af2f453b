package io.pawline.cli.connection;

import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.TaskDatabase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Names the task database by options. A password is no option, because others could read it in the list of processes.
 */
public final class DatabaseOptions {

    private static final String PASSWORD = "PAWLINE_DATABASE_PASSWORD";

    private final Environment environment;

    @Mixin
    private LocalStackFolder localStack;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "The services' pawline.database.url, with sslmode and sslrootcert where the server wants TLS,"
                    + " instead of a local stack (default: PAWLINE_DATABASE_URL). The password is taken from "
                    + PASSWORD
                    + " or the file that " + PASSWORD + "_FILE names.")
    private @Nullable String url;

    @Option(
            names = "--database-username",
            paramLabel = "NAME",
            description = "The services' pawline.database.username (default: PAWLINE_DATABASE_USERNAME).")
    private @Nullable String username;

    /** Options whose defaults come from this environment. */
    public DatabaseOptions(Environment environment) {
        this.environment = environment;
    }

    /**
     * The database, open; its tables are up to date.
     *
     * @throws IllegalStateException if none is named, or its tables are not up to date
     * @throws DatabaseUnavailableException if it cannot be reached
     */
    public TaskDatabase open() {
        return TaskDatabase.open(properties()
                .orElseThrow(() -> new IllegalStateException("no local stack has run in " + localStack.path()
                        + ": name its folder with --data-dir, or a database with --database-url")));
    }

    /**
     * Where the database is: the one named, or else the local stack's; empty if there is neither.
     *
     * @throws IllegalStateException if its user or password is missing
     */
    public Optional<DatabaseProperties> properties() {
        return Optional.ofNullable(url)
                .or(() -> environment.value("PAWLINE_DATABASE_URL"))
                .map(this::elsewhere)
                .or(this::local);
    }

    /** The folder of the local stack. */
    public LocalStackFolder localStack() {
        return localStack;
    }

    private DatabaseProperties elsewhere(String address) {
        Optional<String> user = Optional.ofNullable(username).or(() -> environment.value("PAWLINE_DATABASE_USERNAME"));
        Optional<String> password = environment.secret(PASSWORD);
        if (user.isEmpty() || password.isEmpty()) {
            throw new IllegalStateException(
                    "with --database-url there must be --database-username, and the password in " + PASSWORD
                            + " or in the file that " + PASSWORD + "_FILE names");
        }
        return new DatabaseProperties(address, user.get(), password.get(), 1, false);
    }

    private Optional<DatabaseProperties> local() {
        return setting("url")
                .map(address -> new DatabaseProperties(
                        address,
                        setting("username").orElseThrow(),
                        setting("password").orElseThrow(),
                        1,
                        true));
    }

    private Optional<String> setting(String name) {
        return localStack.setting("pawline.database." + name);
    }
}
