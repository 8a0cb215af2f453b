package io.pawline.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes folders for temporary files whose names say which process they are of. So the next process can delete what a
 * killed one has left, and nothing that another still uses.
 */
public final class TemporaryFolder {

    private static final Logger log = LoggerFactory.getLogger(TemporaryFolder.class);

    /** The start of a process is a time of its own clock and that of the system, which may be corrected meanwhile. */
    private static final long SAME_START_MILLIS = 10_000;

    private TemporaryFolder() {}

    /**
     * Makes a folder of this process in the system's folder for temporary files, and deletes those of the same purpose
     * whose process is gone. An empty one is deleted when the JVM ends.
     *
     * @param purpose the beginning of its name, such as {@code pawline-photo}
     * @throws UncheckedIOException if no folder can be made
     */
    public static Path create(String purpose) {
        return create(Path.of(System.getProperty("java.io.tmpdir")), purpose);
    }

    /** Makes a folder in another one, and deletes there what is left of processes that are gone. */
    static Path create(Path parent, String purpose) {
        sweep(parent, purpose);
        try {
            Path folder = Files.createTempDirectory(parent, prefix(purpose, ProcessHandle.current()));
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException noFolder) {
            throw new UncheckedIOException("no folder for temporary files can be made in " + parent, noFolder);
        }
    }

    /** How the names of a process's folders begin: with its id and its start, because ids come again. */
    static String prefix(String purpose, ProcessHandle process) {
        return "%s-%d-%d-".formatted(purpose, process.pid(), started(process).orElse(0L));
    }

    private static Optional<Long> started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli);
    }

    private static void sweep(Path parent, String purpose) {
        Pattern name = Pattern.compile(Pattern.quote(purpose) + "-(\\d{1,18})-(\\d{1,18})-.*");
        for (Path folder : children(parent)) {
            Matcher owner = name.matcher(String.valueOf(folder.getFileName()));
            if (owner.matches()
                    && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && isGone(Long.parseLong(owner.group(1)), Long.parseLong(owner.group(2)))) {
                delete(folder);
            }
        }
    }

    private static List<Path> children(Path parent) {
        try (Stream<Path> all = Files.list(parent)) {
            return all.toList();
        } catch (IOException | UncheckedIOException unreadable) {
            log.warn("what killed processes have left in {} cannot be looked for: {}", parent, unreadable.toString());
            return List.of();
        }
    }

    /** Whether no process has this id, or one that began at another time. */
    private static boolean isGone(long pid, long started) {
        return ProcessHandle.of(pid)
                .map(process -> started != 0
                        && started(process)
                                .filter(start -> Math.abs(start - started) > SAME_START_MILLIS)
                                .isPresent())
                .orElse(true);
    }

    /** Deletes as much as it may, and follows no link. */
    private static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failed)
                        throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
            log.info("deleted {}, which a killed process has left", folder);
        } catch (IOException left) {
            log.warn("temporary files of a killed process are left in {}: {}", folder, left.toString());
        }
    }
}
