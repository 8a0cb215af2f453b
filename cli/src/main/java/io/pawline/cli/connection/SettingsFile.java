package io.pawline.cli.connection;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Reads a properties file with settings. */
final class SettingsFile {

    private SettingsFile() {}

    /** @throws UncheckedIOException if it cannot be read */
    static Map<String, String> read(Path file) {
        Properties lines = new Properties();
        try (Reader text = Files.newBufferedReader(file)) {
            lines.load(text);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the settings cannot be read: " + file, unreadable);
        }
        Map<String, String> settings = new HashMap<>();
        lines.stringPropertyNames().forEach(name -> settings.put(name, lines.getProperty(name)));
        return settings;
    }
}
