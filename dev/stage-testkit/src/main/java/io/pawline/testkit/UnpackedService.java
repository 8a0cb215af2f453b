package io.pawline.testkit;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A service's jar as an image has it, with its libraries beside it, and with a class cache: a start takes a third of
 * the processor time that the packed jar takes. All test JVMs share the folder and the cache, which belong to this very
 * jar. Thread-safe.
 */
public final class UnpackedService {

    private static final Map<String, UnpackedService> FOUND = new ConcurrentHashMap<>();

    private final Path folder;
    private final String jar;

    private UnpackedService(Path folder, String jar) {
        this.folder = folder;
        this.jar = jar;
    }

    /**
     * Unpacks the service, unless another test has done it.
     *
     * @param service as in {@link ProjectFiles#app}
     * @throws UncheckedIOException if its jar is missing or cannot be unpacked
     */
    public static UnpackedService of(String service) {
        return FOUND.computeIfAbsent(service, _ -> unpacked(ProjectFiles.app(service)));
    }

    static UnpackedService unpacked(Path packed) {
        try {
            // By the content, because builds give equal times to all that they pack
            Path unpacked = packed.resolveSibling("unpacked");
            Path folder = unpacked.resolve(digest(packed));
            Files.createDirectories(unpacked);
            try (FileChannel file = FileChannel.open(
                            unpacked.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = file.lock()) {
                if (!Files.exists(folder)) {
                    unpack(packed, unpacked, folder);
                }
            }
            return new UnpackedService(folder, packed.getFileName().toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * What follows {@code java} and its options of memory to start the service.
     *
     * @param commands what the jar shall do instead, if anything; these have a cache of their own
     */
    public List<String> program(List<String> commands) {
        String cache = Stream.concat(Stream.of("classes"), commands.stream()).collect(joining("-", "", ".jsa"));
        return List.of(
                // A short life does not pay back the second compiler
                "-XX:TieredStopAtLevel=1",
                // The first process that is not killed writes the cache when it ends
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + folder.resolve(cache),
                "-Xlog:cds*=off",
                "-Xlog:aot*=off",
                "-jar",
                folder.resolve(jar).toString());
    }

    private static void unpack(Path packed, Path unpacked, Path folder) throws IOException {
        clear(unpacked);
        Path partly = unpacked.resolve("partly");
        Path log = unpacked.resolve("unpack.log");
        Process unpacking = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djarmode=tools",
                        "-jar",
                        packed.toString(),
                        "extract",
                        "--destination",
                        partly.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (unpacking.onExit().join().exitValue() != 0) {
            throw new IOException(packed + " cannot be unpacked: " + Files.readString(log));
        }
        Files.move(partly, folder);
    }

    /** Removes what an earlier build or an interrupted unpacking has left, but for the lock. */
    private static void clear(Path unpacked) throws IOException {
        try (Stream<Path> files = Files.walk(unpacked)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(unpacked) && !file.endsWith("lock")) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String digest(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
                content.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
