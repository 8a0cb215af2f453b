package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the benchmark in small: it works, and nothing is lost; no speed is asserted. */
class IngestBenchIT {

    @Test
    void keepsWhatItAcceptsAndNotifiesWhoWaits(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");

        int exit = new CommandLine(new BenchCommand())
                .execute(
                        "ingest",
                        "--small",
                        "--outage=2",
                        "--rows=submits_per_s,open_waits,uploads_at_once,hostile_requests,kafka_outage",
                        "--json=" + json);

        assertThat(exit).isZero();
        JsonNode rows = new JsonMapper().readTree(Files.readAllBytes(json));
        assertThat(rows).hasSize(5).allSatisfy(row -> {
            assertThat(row.propertyNames()).contains("row", "target", "reached", "figures", "wrong", "machine");
            assertThat(row.path("wrong")).isEmpty();
        });
        assertThat(figure(rows, 0, "accepted_per_s")).isPositive();
        assertThat(figure(rows, 1, "open")).isEqualTo(100);
        assertThat(figure(rows, 1, "told")).isEqualTo(100);
        assertThat(figure(rows, 2, "accepted")).isEqualTo(20);
        assertThat(figure(rows, 3, "server_errors")).isZero();
        assertThat(figure(rows, 3, "left")).isZero();
        assertThat(figure(rows, 4, "accepted_in_outage")).isEqualTo(100);
        assertThat(figure(rows, 4, "lost")).isZero();
        assertThat(figure(rows, 4, "out_of_order")).isZero();
    }

    private static double figure(JsonNode rows, int row, String name) {
        return rows.path(row).path("figures").path(name).doubleValue();
    }
}
