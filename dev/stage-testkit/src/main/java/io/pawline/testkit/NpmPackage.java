package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A package of npm in the repository. Its tests say that they {@linkplain NeedsTools need} Node.js and npm. */
public final class NpmPackage {

    private static final long LONGEST_MINUTES = 5;

    private final Path folder;

    /** @param folder that holds its {@code package.json} and its lock file */
    public NpmPackage(Path folder) {
        this.folder = folder;
    }

    public Path folder() {
        return folder;
    }

    /** Installs what the lock file names, unless that is done. npm takes from its cache what it has. */
    public void install() throws InterruptedException {
        Path lock = folder.resolve("package-lock.json");
        Path installed = folder.resolve("node_modules/.package-lock.json");
        try {
            if (Files.exists(installed)
                    && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(lock)) > 0) {
                return;
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        run("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");
    }

    /**
     * Runs a command in the folder and returns what it printed.
     *
     * @throws IllegalStateException if it fails or does not end; the message holds what it printed
     */
    public String run(String... command) throws InterruptedException {
        try {
            Path output = Files.createTempFile("npm", ".log");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            String printed = Files.readString(output, UTF_8);
            Files.delete(output);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException("%s failed: %s".formatted(String.join(" ", List.of(command)), printed));
            }
            return printed;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
