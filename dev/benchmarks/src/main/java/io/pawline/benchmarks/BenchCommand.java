package io.pawline.benchmarks;

import io.pawline.cli.terminal.Failures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one of the benchmarks: {@code ./pawline bench}. */
@Command(
        name = "pawline bench",
        description = "Measures Pawline on this machine.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = {
            ThroughputCommand.class,
            RuntimeCommand.class,
            FleetCommand.class,
            IngestCommand.class,
            PhotosCommand.class,
            ReplayCommand.class,
            HistoryCommand.class,
            OpsCommand.class,
            LabelsCommand.class,
            MattingModelCommand.class,
            StartCommand.class,
            IncidentCommand.class
        })
public final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which benchmark?");
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The benchmarks as commands; a failure is printed in one line. */
    public static CommandLine commandLine() {
        return new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("pawline bench: " + Failures.inOneLine(failure));
                    line.getErr()
                            .println("pawline bench: no figure of this run is valid; the failure with its stack is in "
                                    + written(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    /** Writes the failure with its stack to a file of its own, because the run's own log is deleted with its folder. */
    private static Path written(Exception failure) throws IOException {
        Path file = Files.createTempFile("pawline-bench", ".log");
        try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
            failure.printStackTrace(writer);
        }
        return file;
    }
}
