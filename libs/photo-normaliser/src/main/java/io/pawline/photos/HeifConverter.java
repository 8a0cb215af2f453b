package io.pawline.photos;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes HEIC and AVIF with libheif's {@code heif-convert}, for there is no maintained decoder in Java. The program runs
 * as a child with limits of time, memory and output. One child runs at a time. Thread-safe.
 */
final class HeifConverter {

    private static final Logger log = LoggerFactory.getLogger(HeifConverter.class);

    /** The longest file that a child may write: more than a photo of 60 million pixels needs as a JPEG. */
    private static final long MOST_OUTPUT_BYTES = 64L * 1024 * 1024;

    /** The unit of ulimit -f. */
    private static final int BLOCK = 512;

    /**
     * Sets the limits, and becomes the program. When memory runs out, the system ends the child rather than the service.
     * macOS has no limit of memory.
     */
    private static final String WITH_LIMITS = """
            ulimit -c 0
            ulimit -t "$1" && ulimit -f "$2" || exit 126
            ulimit -v "$3" || [ "$(uname)" = Darwin ] || exit 126
            echo 1000 2> /dev/null > /proc/self/oom_score_adj || true
            shift 3
            exec "$@"
            """;

    private final PhotoProperties properties;
    private final @Nullable Path program;
    private final Path temporary;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /** @param temporary the folder in which each conversion has a folder of its own */
    HeifConverter(PhotoProperties properties, Path temporary) {
        this.properties = properties;
        this.temporary = temporary;
        this.program = find(properties.converter()).orElse(null);
        if (program == null) {
            log.info(
                    "There is no program {}: HEIC is passed on undecoded, AVIF is refused. Setting: pawline.photo.converter",
                    properties.converter());
        }
    }

    private static Optional<Path> find(String name) {
        if (name.isBlank()) {
            return Optional.empty();
        }
        String path = name.contains("/")
                ? ""
                : Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(File.pathSeparator, -1))
                .filter(folder -> name.contains("/") || !folder.isEmpty())
                .map(folder -> Path.of(folder).resolve(name).toAbsolutePath())
                .filter(Files::isExecutable)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** Whether the program is there. */
    boolean isThere() {
        return program != null;
    }

    /** Reads what a photo has become. */
    @FunctionalInterface
    interface Reader<T> {
        /** Reads the file. It is gone afterwards. */
        T read(ByteBuffer file) throws IOException, PhotoRefusedException;
    }

    /**
     * Converts a photo. It is upright then, whatever its file says. The result is not copied into the heap, for nobody
     * knows before how long it will be.
     *
     * @param transparent whether transparency has to be kept: then the result is a PNG, otherwise a JPEG. It is a JPEG
     *     as well if the program makes no PNG of the photo, as of some with a profile
     * @throws PhotoRefusedException if it cannot be converted within the limits
     * @throws IOException if the folder for temporary files cannot be used
     */
    <T> T convert(byte[] photo, PhotoFormat format, boolean transparent, Reader<T> reader)
            throws IOException, InterruptedException, PhotoRefusedException {
        oneAtATime.lockInterruptibly();
        try {
            // Systems delete what nobody has used for days from their folder for temporary files
            Path folder = Files.createTempDirectory(Files.createDirectories(temporary), "pawline-photo");
            try {
                return convert(Files.write(folder.resolve("photo"), photo), folder, format, transparent, reader);
            } finally {
                delete(folder);
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    private <T> T convert(Path photo, Path folder, PhotoFormat format, boolean transparent, Reader<T> reader)
            throws IOException, InterruptedException, PhotoRefusedException {
        Path result = folder.resolve(transparent ? "result.png" : "result.jpg");
        Process child = start(photo, result);
        try {
            if (!child.waitFor(properties.converterTime().toMillis(), TimeUnit.MILLISECONDS)) {
                throw PhotoRefusedException.notAnImage(
                        "takes too long to decode (%s): send it as a JPEG".formatted(format));
            }
        } finally {
            child.destroyForcibly();
        }
        if (child.exitValue() != 0) {
            log.info("heif-convert ended with {}", child.exitValue());
            throw PhotoRefusedException.notAnImage(
                    "cannot be decoded: this %s is damaged, or needs too much memory".formatted(format));
        }
        // Of several pictures each has a file of its own, and a number
        try (Stream<Path> files = Files.list(folder)) {
            Path first = files.filter(file -> file.getFileName().toString().startsWith("result"))
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> PhotoRefusedException.damaged(format));
            Path converted = Files.exists(result) ? result : first;
            if (Files.size(converted) > 0) {
                return read(converted, reader);
            }
        }
        if (transparent) {
            Files.delete(result);
            return convert(photo, folder, format, false, reader);
        }
        throw PhotoRefusedException.damaged(format);
    }

    private static <T> T read(Path converted, Reader<T> reader) throws IOException, PhotoRefusedException {
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(converted)) {
            return reader.read(
                    file.map(MapMode.READ_ONLY, 0, file.size(), arena).asByteBuffer());
        }
    }

    private Process start(Path photo, Path result) throws IOException {
        long memory = properties.converterMemory().toKilobytes();
        long seconds = Math.max(1, properties.converterTime().toSeconds());
        ProcessBuilder child = new ProcessBuilder(List.of(
                        "/bin/sh",
                        "-c",
                        WITH_LIMITS,
                        "heif-convert",
                        Long.toString(seconds),
                        Long.toString(MOST_OUTPUT_BYTES / BLOCK),
                        Long.toString(memory),
                        String.valueOf(program),
                        "-q",
                        "95",
                        photo.toString(),
                        result.toString()))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        child.environment().keySet().retainAll(List.of("PATH", "TMPDIR", "LD_LIBRARY_PATH"));
        child.environment().put("MALLOC_ARENA_MAX", "1"); // or each thread reserves 64 MB of addresses
        return child.start();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
