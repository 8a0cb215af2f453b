package io.pawline.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Holds what the throughput benchmark measured.
 *
 * @param tasks of each measured run; every one succeeded, and its callback was received
 * @param cold whether the tasks were the first of this JVM
 * @param opsService whether ops-service ran as well
 * @param tasksPerS from the first submission to the last callback, the picture of each task decoded, reduced and stored
 * @param tasksPerSWithoutImages the same with the image work left out, see {@link WithoutImages}; null if cold
 * @param p50Ms median time from submission to callback, after the warm-up, with {@code pacedTasksPerS} posted
 * @param p99Ms 99th percentile of the same
 * @param cpuMsPerTask CPU time of all processes, load and simulated providers included, per task of the run with images
 * @param pawlineCpuMsPerTask the same without the load and the simulated providers
 * @param cpuMsPerTaskWithoutImages CPU time of all processes per task of the other run; null if cold
 * @param cpuMsByPart how {@code cpuMsPerTask} is divided, the largest part first
 * @param rssMb resident memory of all processes after the run with images; shared memory counts once
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ThroughputFigures(
        int tasks,
        boolean cold,
        boolean opsService,
        double tasksPerS,

        @JsonProperty("tasks_per_s_without_images") @Nullable
        Double tasksPerSWithoutImages,

        int pacedTasksPerS,
        int pacedTasks,
        double p50Ms,
        double p99Ms,
        double cpuMsPerTask,
        double pawlineCpuMsPerTask,
        @Nullable Double cpuMsPerTaskWithoutImages,
        Map<String, Double> cpuMsByPart,
        long rssMb,
        String cutOut,
        int photoBytes,
        Machine machine) {

    ThroughputFigures {
        Objects.requireNonNull(cpuMsByPart, "cpuMsByPart");
    }

    String table() {
        return String.format(
                Locale.ROOT,
                """

                tasks per second, with images             %,10.1f
                tasks per second, image work left out     %s
                at %d tasks per second, p50                %,10.1f ms
                at %d tasks per second, p99                %,10.1f ms
                CPU per task, with images                 %,10.2f ms
                CPU per task, image work left out         %s ms
                memory of all processes                   %,10d MB

                CPU per task by part, with images
                %s
                  all but the simulator and the load      %,10.2f ms

                (%,d tasks each, pictures of %s, %s, ops-service %s, all of them succeeded; %s)
                """,
                tasksPerS,
                orNone("%,10.1f", tasksPerSWithoutImages),
                pacedTasksPerS,
                p50Ms,
                pacedTasksPerS,
                p99Ms,
                cpuMsPerTask,
                orNone("%,10.2f", cpuMsPerTaskWithoutImages),
                rssMb,
                cpuMsByPart.entrySet().stream()
                        .map(part -> String.format(Locale.ROOT, "  %-40s%,10.2f ms", part.getKey(), part.getValue()))
                        .collect(Collectors.joining("\n")),
                pawlineCpuMsPerTask,
                tasks,
                cutOut,
                cold ? "the first of this JVM" : "warm",
                opsService ? "in" : "out",
                machine.inOneLine());
    }

    private static String orNone(String format, @Nullable Double figure) {
        return figure == null ? String.format("%10s", "–") : String.format(Locale.ROOT, format, figure);
    }
}
