package io.pawline.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Measures the whole pipeline with providers that answer at once. */
@Command(
        name = "throughput",
        description =
                "Tasks a second through the whole pipeline, and what one takes: simulated providers that answer at"
                        + " once, broker, database and all services on this machine.",
        mixinStandardHelpOptions = true)
final class ThroughputCommand implements Callable<Integer> {

    private static final List<Integer> SIDES = List.of(512, 1024, 2048);

    @Option(
            names = "--tasks",
            paramLabel = "N",
            description = "Tasks of each measured run (default: 5000, with --cold 3000).")
    private @Nullable Integer tasks;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "30000",
            description = "Tasks before the first measured run, and a third of them before the second"
                    + " (default: ${DEFAULT-VALUE}).")
    private int warmUpTasks;

    @Option(
            names = "--paced-seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "How long to post 20 tasks a second for the latency (default: ${DEFAULT-VALUE}).")
    private int pacedSeconds;

    @Option(
            names = "--side",
            paramLabel = "PIXELS",
            defaultValue = "512",
            description = "Sides of the pictures: 512, 1024 or 2048 (default: ${DEFAULT-VALUE}).")
    private int side;

    @Option(names = "--ops", description = "Runs ops-service as well.")
    private boolean ops;

    @Option(
            names = "--cold",
            description = "Measures the first tasks of this JVM, with images only. There is no warm-up.")
    private boolean cold;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the figures into this file.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int measured = tasks != null ? tasks : cold ? 3_000 : 5_000;
        if (measured < 1 || warmUpTasks < 0 || pacedSeconds < 1) {
            throw new ParameterException(spec.commandLine(), "--tasks and --paced-seconds must be > 0, --warm-up >= 0");
        }
        if (!SIDES.contains(side)) {
            throw new ParameterException(spec.commandLine(), "--side must be one of " + SIDES);
        }
        Journal journal = new Journal(System.err);
        ThroughputRun run = new ThroughputRun(measured, side, ops, pacedSeconds, journal);
        ThroughputFigures figures = cold ? run.measureCold() : run.measure(warmUpTasks);
        spec.commandLine().getOut().println(figures.table());
        if (json != null) {
            Files.write(
                    json, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(figures));
        }
        return 0;
    }
}
