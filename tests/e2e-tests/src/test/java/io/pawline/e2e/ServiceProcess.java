package io.pawline.e2e;

import io.pawline.testkit.ProjectFiles;
import io.pawline.testkit.UnpackedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a process under test, with its output in a file. It ends with the test, whatever happens. */
final class ServiceProcess implements AutoCloseable {

    private final Process process;
    private final Path output;

    private ServiceProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static ServiceProcess start(Path output, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(ProjectFiles.root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new ServiceProcess(process, output);
    }

    /** Starts a service's packed jar, with settings on its command line. */
    static ServiceProcess packed(String service, Path output, List<String> settings) throws IOException {
        String app = ProjectFiles.app(service).toString();
        return service(List.of("-XX:TieredStopAtLevel=1", "-jar", app), output, settings);
    }

    /** Starts a service as its image does, with settings on its command line. */
    static ServiceProcess unpacked(String service, Path output, List<String> settings) throws IOException {
        return service(UnpackedService.of(service).program(List.of()), output, settings);
    }

    private static ServiceProcess service(List<String> program, Path output, List<String> settings) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-Xmx192m", "-XX:+UseSerialGC"));
        arguments.addAll(program);
        arguments.addAll(settings);
        return java(output, arguments);
    }

    private static ServiceProcess java(Path output, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(arguments);
        return start(output, command);
    }

    boolean alive() {
        return process.isAlive();
    }

    /** The output up to now. */
    String output() throws IOException {
        return Files.readString(output);
    }

    /** Kills the process and everything it started, as {@code kill -9} does. */
    void kill() throws InterruptedException {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    /** Sends SIGTERM and returns the exit code when the process has ended. */
    int stop() throws InterruptedException {
        process.destroy();
        return exitCode();
    }

    /** Waits until the process ends by itself and returns its exit code. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException(
                    "still running after 5 minutes: " + process.info().commandLine());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
