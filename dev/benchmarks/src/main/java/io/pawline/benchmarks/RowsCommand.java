package io.pawline.benchmarks;

import io.pawline.local.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Runs a benchmark that has several rows, each with a target. */
abstract class RowsCommand implements Callable<Integer> {

    @Option(names = "--rows", paramLabel = "NAME", split = ",", description = "Only these (default: all).")
    private List<String> names = List.of();

    @Option(
            names = "--small",
            description = "Everything as small as possible: shows that the rows work; the figures mean nothing.")
    private boolean small;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the rows into this file.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;

    /** The rows in the order in which they are measured. */
    abstract List<BenchmarkRow> rows();

    @Override
    public final Integer call() throws Exception {
        List<BenchmarkRow> rows = wanted();
        Journal journal = new Journal(System.err);
        Path folder = Files.createTempDirectory("pawline-bench");
        LogFile.in(folder.resolve("logs"));
        List<RowReport> reports = new ArrayList<>();
        try {
            for (BenchmarkRow row : rows) {
                journal.step(row.name());
                BenchmarkRow.Scale scale = small ? BenchmarkRow.Scale.SMALL : BenchmarkRow.Scale.FULL;
                Path own = Files.createDirectory(folder.resolve(row.name()));
                reports.add(RowReport.of(row, new BenchmarkRow.Setting(scale, own, journal)));
                journal.step("  " + reports.getLast().summary());
            }
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
        spec.commandLine().getOut().println(RowReport.table(reports));
        write(reports);
        return reports.stream().allMatch(RowReport::sound) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private List<BenchmarkRow> wanted() {
        List<String> known = rows().stream().map(BenchmarkRow::name).toList();
        if (!known.containsAll(names)) {
            throw new ParameterException(spec.commandLine(), "--rows must be of " + String.join(", ", known));
        }
        return rows().stream()
                .filter(row -> names.isEmpty() || names.contains(row.name()))
                .toList();
    }

    private void write(List<RowReport> reports) throws IOException {
        if (json != null) {
            JsonMapper mapper = JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();
            Files.write(json, mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(reports));
        }
    }
}
