package io.pawline.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Sets the file that the launcher and all that it runs write their log to; the terminal is for the user. */
public final class LogFile {

    private static final String PROPERTY = "pawline.log";

    private LogFile() {}

    /** Sends the log into this folder; must be called before anything logs. */
    public static void in(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException unwritable) {
            throw new UncheckedIOException("the data folder cannot be written: " + folder, unwritable);
        }
        System.setProperty(PROPERTY, folder.resolve("pawline.log").toString());
    }

    /** The path of the log; empty if the command has none. */
    static Optional<String> path() {
        return Optional.ofNullable(System.getProperty(PROPERTY));
    }
}
