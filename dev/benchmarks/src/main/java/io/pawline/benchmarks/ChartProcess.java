package io.pawline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs a service in a process of its own, with the heap and the options that the chart gives it. If the process dies, it
 * can be started again, as Kubernetes does. For one thread.
 */
final class ChartProcess implements AutoCloseable {

    static final int ALL_COMPILERS = 4;

    private final String name;
    private final int heapMegabytes;
    private final Path log;
    private final List<String> command;
    private final Thread takeAlong = new Thread(this::destroy);
    private Process process;
    private int deaths;
    private long peakMegabytes;
    private long peakOfChildrenMegabytes;

    /**
     * A process that is started.
     *
     * @param compilers the last of the JVM's tiers of compilation
     * @param settings as on the command line
     */
    ChartProcess(String service, int heapMegabytes, int compilers, Path folder, List<String> settings) {
        this.name = service;
        this.heapMegabytes = heapMegabytes;
        this.log = folder.resolve(service + "-service.log");
        this.command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+ExitOnOutOfMemoryError",
                // Java's own choice for a container with less than 2 GB
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=" + compilers,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.pawline.%s.%sApplication"
                        .formatted(service, Character.toUpperCase(service.charAt(0)) + service.substring(1))));
        command.addAll(settings);
        process = start();
        Runtime.getRuntime().addShutdownHook(takeAlong);
    }

    /** The tiers for services of a run of this scale: a small run is over before the second compiler is of use. */
    static int compilers(BenchmarkRow.Scale scale) {
        return scale.of(ALL_COMPILERS, 1);
    }

    private Process start() {
        try {
            ProcessBuilder service = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            service.environment().put("MALLOC_ARENA_MAX", "2"); // as in the images, see the Dockerfile
            return service.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Looks at the process, and starts it again if it has died. Its peak of memory is that of the last look. */
    void look() {
        if (process.isAlive()) {
            peakMegabytes = Math.max(peakMegabytes, megabytes(process.toHandle(), "VmHWM:"));
            long children = process.descendants()
                    .mapToLong(child -> megabytes(child, "VmRSS:"))
                    .sum();
            peakOfChildrenMegabytes = Math.max(peakOfChildrenMegabytes, children);
        } else {
            deaths++;
            process = start();
        }
    }

    String name() {
        return name;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Kills the process as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Stops all of its threads, as SIGSTOP does. */
    void freeze() throws InterruptedException {
        signal("STOP");
    }

    /** Lets a frozen process go on, as SIGCONT does. */
    void thaw() throws InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int heapMegabytes() {
        return heapMegabytes;
    }

    int deaths() {
        return deaths;
    }

    /** The most resident memory that a life of it had; 0 if the system does not say. */
    long peakMegabytes() {
        return peakMegabytes;
    }

    /** The most resident memory of programs that it has started, as it was looked at; 0 if the system does not say. */
    long peakOfChildrenMegabytes() {
        return peakOfChildrenMegabytes;
    }

    static long megabytes(ProcessHandle process, String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith(field))
                            .map(line -> line.replaceAll("\\D", ""))
                            .mapToLong(Long::parseLong)
                            .sum()
                    >> 10;
        } catch (IOException | UncheckedIOException unknown) {
            return 0;
        }
    }

    private void destroy() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        destroy();
        try {
            process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(takeAlong);
    }
}
