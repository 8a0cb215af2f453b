package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

/** Measures what a task costs a stage that has several processes. */
@Command(
        name = "scale",
        description = {
            "What a task costs the busiest stage, with one process of it and with several, each limited to a part of a"
                    + " processor. Every service is a process of its own. Takes some ten minutes.",
            "Rows: finalize."
        },
        mixinStandardHelpOptions = true)
final class ScaleCommand extends RowsCommand {

    @Override
    List<BenchmarkRow> rows() {
        return List.of(new BenchmarkRow(
                "finalize",
                "CPU of a task within %.0f %% of the mean, with 1, 2 and 4 processes"
                        .formatted(100 * ScaleRow.MOST_DIFFERENCE),
                ScaleRow::finalizeProcesses));
    }
}
