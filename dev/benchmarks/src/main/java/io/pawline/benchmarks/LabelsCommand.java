package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

/** Measures what it costs to say on a picture that a machine made it. */
@Command(
        name = "labels",
        description = {"What the labels of a picture cost. Takes some seconds.", "Rows: implicit_ms, explicit_ms."},
        mixinStandardHelpOptions = true)
final class LabelsCommand extends RowsCommand {

    @Override
    List<BenchmarkRow> rows() {
        return List.of(
                new BenchmarkRow("implicit_ms", "<= 0.5 ms a picture", LabelRows::implicit),
                new BenchmarkRow("explicit_ms", "<= 0.5 ms a picture", LabelRows::explicit));
    }
}
