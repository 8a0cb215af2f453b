package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

/** Measures the matting model of one's own. */
@Command(
        name = "matting-model",
        description = {
            "How well and how fast the model of matting-model-service removes backgrounds. Takes some minutes.",
            "Rows: quality, cost."
        },
        mixinStandardHelpOptions = true)
final class MattingModelCommand extends RowsCommand {

    @Override
    List<BenchmarkRow> rows() {
        return List.of(
                new BenchmarkRow(
                        "quality",
                        "overlap with the truth: median >= 0.95, tenth percentile >= 0.85",
                        MattingModelRows::quality),
                new BenchmarkRow("cost", "1024 x 1024 on one processor: <= 700 ms, <= 450 MB", MattingModelRows::cost));
    }
}
