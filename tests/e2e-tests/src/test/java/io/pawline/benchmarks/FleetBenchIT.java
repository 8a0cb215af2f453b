package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs real processes of one stage that share what they may have. What the provider counts, counts. */
class FleetBenchIT {

    @Test
    void processesNeverExceedTheLimitWhoeverComesAndGoes(@TempDir Path folder) throws Exception {
        JsonNode row = measured(folder, "processes_known");

        assertThat(row.path("wrong")).isEmpty();
        JsonNode figures = row.path("figures");
        assertThat(figures.path("start_most").intValue()).isLessThanOrEqualTo(30);
        assertThat(figures.path("most").intValue()).isBetween(20, 30);
        assertThat(figures.path("lost").intValue()).isZero();
        assertThat(figures.path("doubled").intValue()).isZero();
    }

    @Test
    void moneyIsNotOverdrawnWhenProcessesAreKilled(@TempDir Path folder) throws Exception {
        JsonNode row = measured(folder, "budget_kills");

        assertThat(row.path("wrong")).isEmpty();
        assertThat(row.path("figures").path("overshoot").intValue()).isZero();
        assertThat(row.path("figures").path("billed").intValue()).isGreaterThan(200);
    }

    private static JsonNode measured(Path folder, String row) throws Exception {
        Path json = folder.resolve("figures.json");
        new CommandLine(new BenchCommand()).execute("fleet", "--small", "--rows=" + row, "--json=" + json);
        return new JsonMapper().readTree(Files.readAllBytes(json)).path(0);
    }
}
