package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a process with a Java of its own, on this one's class path, that can be killed, frozen and stopped. What it
 * prints goes to this one's standard error. It does not outlive this process.
 */
public final class ChildProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final Process process;
    private final Thread takeAlong;
    private final List<String> awaited = new ArrayList<>();

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.takeAlong = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(takeAlong);
        Thread.ofVirtual().start(this::read);
    }

    /** Starts the class' {@code main} in a process with so much heap. */
    public static ChildProcess start(String name, int heapMegabytes, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        try {
            return new ChildProcess(
                    name, new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public long pid() {
        return process.pid();
    }

    boolean running() {
        return process.isAlive();
    }

    /** Sends the process a line on its input. */
    public void send(String line) {
        try {
            process.outputWriter(UTF_8).append(line).append('\n').flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Waits for a line that begins so, and takes it; one printed earlier counts. */
    public String awaitLine(String beginning) {
        return await("'%s' from %s".formatted(beginning, name))
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .failFast(name + " has ended", () -> !process.isAlive())
                .until(() -> take(beginning), line -> !line.isEmpty());
    }

    public void kill() {
        signal("KILL");
        awaitExit();
    }

    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    /** Asks the process to stop; returns at once. */
    public void stop() {
        signal("TERM");
    }

    /** Waits for the end of the process and returns its exit code. */
    public int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Kills the process, unless it has ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitExit();
        Runtime.getRuntime().removeShutdownHook(takeAlong);
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                System.err.println(name + "| " + line);
                synchronized (awaited) {
                    awaited.add(line);
                }
            }
        } catch (IOException ended) {
            // This is the stream of a process that was killed.
        }
    }

    private String take(String beginning) {
        synchronized (awaited) {
            for (String line : awaited) {
                if (line.startsWith(beginning)) {
                    awaited.remove(line);
                    return line;
                }
            }
        }
        return "";
    }
}
