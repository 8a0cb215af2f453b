package io.pawline.cli.connection;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Names the folder of a local stack by an option, and reads the settings that the stack has written there. */
public final class LocalStackFolder {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = ".pawline",
            description = "Folder of a local stack that runs (default: ${DEFAULT-VALUE}).")
    private Path folder;

    Path path() {
        return folder;
    }

    /**
     * Returns a setting of the stack; empty if no stack has run there.
     *
     * @throws IllegalStateException if the stack has written settings, but not this one
     * @throws UncheckedIOException if they cannot be read
     */
    Optional<String> setting(String name) {
        Path file = folder.resolve("local.properties");
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        Map<String, String> settings = SettingsFile.read(file);
        if (!settings.containsKey(name)) {
            throw new IllegalStateException("%s is missing in %s".formatted(name, file));
        }
        return Optional.ofNullable(settings.get(name));
    }

    /**
     * Returns the settings of the stack whose names begin so; none if no stack has run there.
     *
     * @throws UncheckedIOException if the settings cannot be read
     */
    Map<String, String> under(String prefix) {
        Path file = folder.resolve("local.properties");
        if (!Files.isReadable(file)) {
            return Map.of();
        }
        Map<String, String> settings = SettingsFile.read(file);
        settings.keySet().removeIf(name -> !name.startsWith(prefix));
        return settings;
    }

    /**
     * Returns a setting of the stack; empty if no stack has run there, or if it has not written this one.
     *
     * @throws UncheckedIOException if the settings cannot be read
     */
    Optional<String> find(String name) {
        Path file = folder.resolve("local.properties");
        return Files.isReadable(file)
                ? Optional.ofNullable(SettingsFile.read(file).get(name))
                : Optional.empty();
    }
}
