package io.pawline.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Runs matting-model-service as a child of this process, on 127.0.0.1 only. It is a process of its own, so that its model's
 * native code and the memory of that stay apart from the rest.
 */
final class LocalMattingModel implements AutoCloseable {

    /** Where the launcher builds it, seen from the repository's root, in which the launcher runs. */
    private static final Path APP = Path.of("matting-model-service/target/matting-model-service-app.jar");

    private static final Duration START_WAIT = Duration.ofSeconds(90);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration STOP_WAIT = Duration.ofSeconds(10);

    private final Process process;

    private LocalMattingModel(Process process) {
        this.process = process;
    }

    /**
     * Starts the service and returns when it can be used. One that an earlier run left is stopped before.
     *
     * @param folder of the stack's data and logs
     * @throws IllegalStateException if it does not start; the message says why
     */
    static LocalMattingModel start(Path folder, int port) {
        if (!Files.isRegularFile(APP)) {
            throw new IllegalStateException(
                    "matting-model-service is not built (no %s); ./pawline up --matting model builds it"
                            .formatted(APP));
        }
        Path log = folder.resolve("logs/matting-model.log");
        Process process = run(port, log);
        LocalMattingModel model = new LocalMattingModel(process);
        try {
            Files.writeString(pidFile(folder), Long.toString(process.pid()));
            model.awaitReady(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"), log);
            return model;
        } catch (IOException unwritable) {
            model.close();
            throw new UncheckedIOException(unwritable);
        } catch (RuntimeException failed) {
            model.close();
            throw failed;
        }
    }

    private static Process run(int port, Path log) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                APP.toString(),
                "--server.address=127.0.0.1",
                "--pawline.matting-model.port=" + port,
                "--pawline.outbound.allow=127.0.0.0/8,localhost");
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException("matting-model-service cannot be started", failed);
        }
    }

    private void awaitReady(URI readiness, Path log) throws IOException {
        long end = System.nanoTime() + START_WAIT.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < end) {
                if (!process.isAlive()) {
                    throw new IllegalStateException("matting-model-service did not start: " + cause(log));
                }
                if (isReady(http, readiness)) {
                    return;
                }
                Thread.sleep(BETWEEN_LOOKS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("matting-model-service is not ready; its log is " + log);
    }

    private static boolean isReady(HttpClient http, URI readiness) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(readiness)
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The last cause that a failed start has logged. */
    private static String cause(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.startsWith("Caused by: "))
                    .reduce((_, last) -> last)
                    .map(line -> line.replaceFirst("^Caused by: [\\w.$]+: ", ""))
                    .orElse("its log is " + log);
        }
    }

    /** Stops a service that an earlier run was killed before it could stop. */
    static void stopLeftover(Path folder) {
        Path file = pidFile(folder);
        try {
            if (Files.exists(file)) {
                long pid = Long.parseLong(Files.readString(file).strip());
                ProcessHandle.of(pid).filter(LocalMattingModel::isOne).ifPresent(LocalMattingModel::end);
                Files.delete(file);
            }
        } catch (IOException | NumberFormatException unreadable) {
            // The port tells whether it still runs
        }
    }

    private static boolean isOne(ProcessHandle process) {
        Optional<String> command = process.info().commandLine();
        return command.isPresent() && command.get().contains(String.valueOf(APP.getFileName()));
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(STOP_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException late) {
            process.destroyForcibly();
        } catch (InterruptedException hurried) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static Path pidFile(Path folder) {
        return folder.resolve("matting-model.pid");
    }

    @Override
    public void close() {
        end(process.toHandle());
    }
}
