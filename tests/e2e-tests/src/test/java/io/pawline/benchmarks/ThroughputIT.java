package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
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
            "pawline_cpu_ms_per_task",
            "cpu_ms_per_task_without_images",
            "rss_mb"
        }) {
            assertThat(figures.path(figure).doubleValue()).as(figure).isPositive();
        }
        assertThat(figures.path("machine").propertyNames())
                .contains("cores", "os", "java", "gc", "max_heap_mb", "kafka", "spring_boot");
        JsonNode parts = figures.path("cpu_ms_by_part");
        // Of so few tasks, the small parts may have no sample
        assertThat(parts.propertyNames()).contains("PostgreSQL", "compiler and collector", "simulator and load");
        assertThat(parts.valueStream().mapToDouble(JsonNode::doubleValue).sum())
                .isCloseTo(figures.path("cpu_ms_per_task").doubleValue(), within(0.01));
        keepForTheEndOfTheRun(parts);
    }

    /** What {@code ./pawline test} prints in the end, so that a growing cost is seen with the change that causes it. */
    private static void keepForTheEndOfTheRun(JsonNode parts) throws IOException {
        String table = parts.properties().stream()
                .map(part -> String.format(
                        Locale.ROOT,
                        "%-40s%8.1f ms",
                        part.getKey(),
                        part.getValue().doubleValue()))
                .collect(Collectors.joining("\n", "", "\n"));
        Path target = Files.createDirectories(ProjectFiles.root().resolve("target"));
        Files.writeString(target.resolve("cpu-per-task.txt"), table);
    }

    @Test
    void measuresTheFirstTasksOfAJvmWithOpsService(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("figures.json");

        int exit = new CommandLine(new BenchCommand())
                .execute(
                        "throughput",
                        "--cold",
                        "--ops",
                        "--side=1024",
                        "--tasks=20",
                        "--paced-seconds=1",
                        "--json=" + json);

        assertThat(exit).isZero();
        JsonNode figures = new JsonMapper().readTree(Files.readAllBytes(json));
        assertThat(figures.path("cold").booleanValue()).isTrue();
        assertThat(figures.path("cut_out").stringValue()).isEqualTo("1024x1024");
        assertThat(figures.path("tasks_per_s").doubleValue()).isPositive();
        assertThat(figures.path("tasks_per_s_without_images").isNull()).isTrue();
        assertThat(figures.path("cpu_ms_by_part").propertyNames()).contains("ops-service");
    }

    @Test
    void refusesOtherSidesOfPictures() {
        int exit = new CommandLine(new BenchCommand()).execute("throughput", "--side=600");

        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    }
}
