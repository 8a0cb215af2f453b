package io.pawline.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Holds what the throughput benchmark measured.
 *
 * @param tasks of each measured run; every one succeeded, and its callback was received
 * @param tasksPerS from the first submission to the last callback, the picture of each task decoded, reduced and stored
 * @param tasksPerSWithoutImages the same with the image work left out, see {@link WithoutImages}
 * @param p50Ms median time from submission to callback, after the warm-up, with {@code pacedTasksPerS} posted
 * @param p99Ms 99th percentile of the same
 * @param cpuMsPerTask CPU time of all processes, load and simulated providers included, per task of the first run
 * @param cpuMsPerTaskWithoutImages the same of the second run
 * @param rssMb resident memory of all processes after the first run; shared memory counts once
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ThroughputFigures(
        int tasks,
        double tasksPerS,
        @JsonProperty("tasks_per_s_without_images") double tasksPerSWithoutImages,
        int pacedTasksPerS,
        int pacedTasks,
        double p50Ms,
        double p99Ms,
        double cpuMsPerTask,
        double cpuMsPerTaskWithoutImages,
        long rssMb,
        String cutOut,
        int photoBytes,
        Machine machine) {

    String table() {
        return String.format(
                Locale.ROOT,
                """

                tasks per second, with images             %,10.1f
                tasks per second, image work left out     %,10.1f
                at %d tasks per second, p50                %,10.1f ms
                at %d tasks per second, p99                %,10.1f ms
                CPU per task, with images                 %,10.2f ms
                CPU per task, image work left out         %,10.2f ms
                memory of all processes                   %,10d MB
                (%,d tasks each, all of them succeeded; %s)
                """,
                tasksPerS,
                tasksPerSWithoutImages,
                pacedTasksPerS,
                p50Ms,
                pacedTasksPerS,
                p99Ms,
                cpuMsPerTask,
                cpuMsPerTaskWithoutImages,
                rssMb,
                tasks,
                machine.inOneLine());
    }
}
