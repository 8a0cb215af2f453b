package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Replays the incident with few tasks: Pawline keeps its promises to every task, and the report's policy does not. */
class IncidentIT {

    @Test
    void everyTaskIsCalledBackThoughTheReportsPolicyLosesSome(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("incident.json");

        int exit = BenchCommand.commandLine()
                .execute("incident", "--tasks=400", "--scale=300", "--warm-up=0", "--json=" + json);

        assertThat(exit).isZero();
        JsonNode figures = new JsonMapper().readTree(Files.readAllBytes(json));
        JsonNode pawline = figures.path("pawline");
        assertThat(pawline.path("tasks").intValue()).as("%s", figures).isGreaterThanOrEqualTo(400);
        assertThat(pawline.path("never_ended").intValue()).as("%s", figures).isZero();
        assertThat(pawline.path("called_back_pct").doubleValue())
                .as("%s", figures)
                .isEqualTo(100);
        JsonNode control = figures.path("control");
        assertThat(control.path("called_back_pct").doubleValue())
                .as("%s", figures)
                .isLessThan(100);
        for (String figure : new String[] {
            "success_pct", "possible_pct", "amplification", "p50_s", "p95_s", "p99_s",
        }) {
            assertThat(pawline.path(figure).doubleValue()).as(figure).isPositive();
            assertThat(control.path(figure).doubleValue()).as(figure).isPositive();
        }
        assertThat(pawline.path("repeated_after_paid").intValue())
                .as("%s", figures)
                .isZero();
        assertThat(pawline.path("paid_twice").intValue())
                .as("%s", figures)
                .isLessThanOrEqualTo(pawline.path("repeated_after_unknown").intValue());
        assertThat(folder.resolve("incident-report.md")).isNotEmptyFile();
        assertThat(folder.resolve("incident-report.json")).isNotEmptyFile();
        assertThat(pawline.has("unclassified_pct")).isTrue();
    }
}
