package io.pawline.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Reports a row: what was found, and on which machine.
 *
 * @param wrong what went wrong with the work; the figures are valid if there is nothing
 * @param loadAverageBefore of the machine over the minute before; it shows whether other programs were at work
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record RowReport(
        String row,
        String target,
        boolean reached,
        String summary,
        Object figures,
        List<String> wrong,
        boolean small,
        double seconds,
        double loadAverageBefore,
        double loadAverageAfter,
        Machine machine) {

    /** Measures the row and reports it. */
    static RowReport of(BenchmarkRow row, BenchmarkRow.Setting setting) throws Exception {
        double loadBefore = loadAverage();
        long began = System.nanoTime();
        BenchmarkRow.Findings found = row.measurement().measure(setting);
        return new RowReport(
                row.name(),
                row.target(),
                found.reached() && found.wrong().isEmpty(),
                found.summary(),
                found.figures(),
                found.wrong(),
                setting.scale() == BenchmarkRow.Scale.SMALL,
                Math.round((System.nanoTime() - began) / 1e8) / 10.0,
                loadBefore,
                loadAverage(),
                Machine.here());
    }

    /** Whether the work was done as promised, whatever its speed. */
    @JsonProperty
    boolean sound() {
        return wrong.isEmpty();
    }

    static String table(List<RowReport> reports) {
        return reports.stream().map(RowReport::lines).collect(Collectors.joining("\n", "\n", "")) + "("
                + Machine.here().inOneLine() + ")\n";
    }

    private String lines() {
        return String.format(
                Locale.ROOT,
                "%-14s %s%n%14s to reach: %s: %s%n%s",
                row,
                summary,
                "",
                target,
                reached ? "reached" : "missed",
                wrong.stream()
                        .map(what -> "%14s WRONG: %s%n".formatted("", what))
                        .collect(Collectors.joining()));
    }

    private static double loadAverage() {
        return Math.round(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage() * 100) / 100.0;
    }
}
