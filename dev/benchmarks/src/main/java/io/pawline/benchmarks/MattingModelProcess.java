package io.pawline.benchmarks;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs matting-model-service in a process of its own, with one processor, the options that the chart gives it, and a heap for pictures of 1024 x 1024. */
final class MattingModelProcess implements AutoCloseable {

    private static final int HEAP_MEGABYTES = 96;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final URI base;
    private final Thread takeAlong;

    private MattingModelProcess(Process process, URI base) {
        this.process = process;
        this.base = base;
        this.takeAlong = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(takeAlong);
    }

    /** Starts the service and returns when it is ready. */
    static MattingModelProcess start(Path folder, int port) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(onOneProcessor());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MEGABYTES + "m",
                "-XX:ActiveProcessorCount=1",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                ProjectFiles.app("matting-model").toString(),
                "--server.address=127.0.0.1",
                "--server.port=" + port));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("matting-model-service.log").toFile())
                .start();
        MattingModelProcess model = new MattingModelProcess(process, URI.create("http://127.0.0.1:" + port));
        model.awaitReady(folder);
        return model;
    }

    /** Linux' own way to bind a process to a processor, where it is there; Java alone bounds its own threads. */
    private static List<String> onOneProcessor() {
        return Files.isExecutable(Path.of("/usr/bin/taskset")) ? List.of("/usr/bin/taskset", "-c", "0") : List.of();
    }

    private void awaitReady(Path folder) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                HttpRequest look = HttpRequest.newBuilder(base.resolve("/actuator/health/readiness"))
                        .build();
                if (http.send(look, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.sleep(100);
            }
        }
        close();
        throw new IllegalStateException("matting-model-service did not start: "
                + Files.readString(folder.resolve("matting-model-service.log")));
    }

    /** Has one picture cut out. */
    byte[] cutOut(byte[] picture) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/v1/cut-out"))
                .POST(BodyPublishers.ofByteArray(picture))
                .build();
        HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("matting-model-service answered " + answer.statusCode());
        }
        return answer.body();
    }

    /** The processor time that it has taken; nothing if the system does not say. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The most resident memory that it had; 0 if the system does not say. */
    long peakMegabytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .map(line -> line.replaceAll("\\D", ""))
                            .mapToLong(Long::parseLong)
                            .sum()
                    >> 10;
        } catch (IOException | UncheckedIOException unknown) {
            return 0;
        }
    }

    @Override
    public void close() {
        http.close();
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(takeAlong);
    }
}
