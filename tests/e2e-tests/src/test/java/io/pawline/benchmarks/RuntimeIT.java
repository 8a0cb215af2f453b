package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs four rows of the benchmark in small and looks at its report; no speed is asserted. The tests of the runtime run
 * its other rows in small.
 */
class RuntimeIT {

    @Test
    void reportsARowsFiguresTargetAndMachine(@TempDir Path folder) throws Exception {
        JsonNode rows = measured(folder, "records_per_s,hop_ms");

        assertThat(rows).hasSize(2).allSatisfy(row -> {
            assertThat(row.propertyNames()).contains("row", "target", "reached", "figures", "wrong", "machine");
            assertThat(row.path("wrong")).isEmpty();
        });
        assertThat(rows.path(0).path("figures").path("one_partition_per_s").doubleValue())
                .isPositive();
        assertThat(rows.path(1).path("figures").path("p99_ms").doubleValue()).isPositive();
    }

    @Test
    void seesEverySuccessWhileTheReceiverFails(@TempDir Path folder) throws Exception {
        JsonNode rows = measured(folder, "outcomes_while_receiver_fails");

        JsonNode figures = rows.path(0).path("figures");
        assertThat(figures.path("success").intValue())
                .isEqualTo(figures.path("tasks").intValue());
        assertThat(figures.path("callbacks_refused").intValue()).isPositive();
    }

    @Test
    void hedgesNoMoreThanItsShareOfTheCalls(@TempDir Path folder) throws Exception {
        JsonNode rows = measured(folder, "hedges");

        assertThat(rows.path(0).path("figures").path("parts"))
                .hasSize(2)
                .allSatisfy(part -> assertThat(part.path("more").doubleValue()).isLessThanOrEqualTo(0.02));
    }

    @Test
    void labelsPictures(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");

        int exit = new CommandLine(new BenchCommand()).execute("labels", "--small", "--json=" + json);

        assertThat(exit).isZero();
        assertThat(new JsonMapper().readTree(Files.readAllBytes(json)))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.path("wrong")).isEmpty());
    }

    @Test
    void namesTheRowsWhenOneIsUnknown() {
        int exit = new CommandLine(new BenchCommand()).execute("runtime", "--rows=none");

        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    }

    /** Runs these rows in small, which must go well, and returns their report. */
    private static JsonNode measured(Path folder, String rows) throws Exception {
        Path json = folder.resolve("figures.json");
        int exit =
                new CommandLine(new BenchCommand()).execute("runtime", "--small", "--rows=" + rows, "--json=" + json);
        assertThat(exit).isZero();
        return new JsonMapper().readTree(Files.readAllBytes(json));
    }
}
