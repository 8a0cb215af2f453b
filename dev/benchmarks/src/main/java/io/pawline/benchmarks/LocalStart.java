package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.local.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts {@code ./pawline up} in a process of its own, and stops it when it is ready.
 *
 * @param environment variables that the launcher gets besides those of this process
 */
record LocalStart(Path launcher, Map<String, String> environment) {

    private static final String CLASS_CACHE = "PAWLINE_CLASS_CACHE";
    private static final Duration LONGEST_STOP = Duration.ofMinutes(2);

    LocalStart {
        environment = Map.copyOf(environment);
    }

    static LocalStart of(Path launcher) {
        return new LocalStart(launcher, Map.of());
    }

    /** The same start with another file as its class cache. */
    LocalStart withClassCache(Path file) {
        return new LocalStart(launcher, Map.of(CLASS_CACHE, file.toString()));
    }

    /**
     * Starts on this data folder, and returns how long it took from the launcher's start until the line that says that
     * the system is ready. The process has ended then.
     *
     * @throws IllegalStateException if it ends before it is ready, or does not end when it is told to
     */
    Duration untilReady(Path data) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(
                        launcher.toString(),
                        "up",
                        "--data-dir=" + data,
                        "--ports=" + Ports.anyFree().ingest())
                .redirectErrorStream(true);
        command.environment().putAll(environment);
        long began = System.nanoTime();
        Process process = command.start();
        try (BufferedReader output = process.inputReader(UTF_8)) {
            awaitReady(output);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            stop(process, output);
            return took;
        } finally {
            process.destroyForcibly();
        }
    }

    private static void awaitReady(BufferedReader output) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains("ready.")) {
                return;
            }
            lines.add(line);
        }
        throw new IllegalStateException("./pawline up ended before it was ready: " + String.join("\n", lines));
    }

    /** Reads the rest of the output, so that the process does not wait for a reader. Its handle leaves the stream open. */
    private static void stop(Process process, BufferedReader output) throws IOException, InterruptedException {
        process.toHandle().destroy();
        while (output.readLine() != null) {
            // Read on until the process has closed it
        }
        if (!process.waitFor(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("./pawline up did not stop");
        }
    }
}
