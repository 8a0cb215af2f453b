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

/** The benchmarks behind {@code ./pawline bench}. */
@Command(
        name = "pawline bench",
        description = "Measures Pawline on this machine.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = {
            ThroughputCommand.class,
            RuntimeCommand.class,
            IngestCommand.class,
            ReplayCommand.class,
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

    /** The benchmarks, with failures told in one line. */
    public static CommandLine commandLine() {
        return new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("pawline bench: " + Failures.inOneLine(failure));
                    line.getErr()
                            .println("pawline bench: no figure of this run is to be believed; the whole of it is in "
                                    + written(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    /** The file that has the failure with its stack: the run's own log goes with its folder. */
    private static Path written(Exception failure) throws IOException {
        Path file = Files.createTempFile("pawline-bench", ".log");
        try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
            failure.printStackTrace(writer);
        }
        return file;
    }
}
