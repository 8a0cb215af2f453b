package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the benchmark in small and looks at its figures; no speed is asserted. */
class ThroughputIT {

    @Test
    void reportsItsFiguresWhenEveryTaskHasSucceeded(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");

        int exit = new CommandLine(new BenchCommand())
                .execute("throughput", "--tasks=50", "--warm-up=0", "--paced-seconds=1", "--json=" + json);

        assertThat(exit).isZero();
        JsonNode figures = new JsonMapper().readTree(Files.readAllBytes(json));
        assertThat(figures.path("tasks").intValue()).isEqualTo(50);
        for (String figure : new String[] {
            "tasks_per_s",
            "tasks_per_s_without_images",
            "p50_ms",
            "p99_ms",
            "cpu_ms_per_task",
            "cpu_ms_per_task_without_images",
            "rss_mb"
        }) {
            assertThat(figures.path(figure).doubleValue()).as(figure).isPositive();
        }
        assertThat(figures.path("machine").propertyNames())
                .contains("cores", "os", "java", "gc", "max_heap_mb", "kafka", "spring_boot");
    }
}
