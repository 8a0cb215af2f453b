package io.pawline.cli.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the environment variables of the process. A variable that is set but blank counts as not set. */
public final class Environment {

    private static final String FROM_FILE = "_FILE";

    private final Map<String, String> variables;

    /** An environment with these variables. */
    public Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** The environment that the process was started with. */
    public static Environment ofProcess() {
        return new Environment(System.getenv());
    }

    /** The names of all variables. */
    Set<String> names() {
        return variables.keySet();
    }

    /** The value of a variable. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }

    /**
     * A secret: the value of the variable, or the content of the file that the variable {@code <name>_FILE} names,
     * without white space around it.
     *
     * @throws IllegalStateException if both are set
     * @throws UncheckedIOException if the file cannot be read
     */
    public Optional<String> secret(String name) {
        Optional<String> value = value(name);
        Optional<String> file = value(name + FROM_FILE);
        if (file.isEmpty()) {
            return value;
        }
        if (value.isPresent()) {
            throw new IllegalStateException("%s and %s%s are both set: unset one".formatted(name, name, FROM_FILE));
        }
        try {
            return Optional.of(Files.readString(Path.of(file.get())).strip());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(
                    "the file that %s%s names cannot be read: %s".formatted(name, FROM_FILE, file.get()), unreadable);
        }
    }
}
