package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

/** Measures how long the whole system takes to come up on a laptop. */
@Command(
        name = "start",
        description = {
            "How long ./pawline up takes until it is ready, in turns with the class cache and without. Needs the cache:"
                    + " ./pawline build makes it. Takes some three minutes.",
            "Rows: first_start, next_start."
        },
        mixinStandardHelpOptions = true)
final class StartCommand extends RowsCommand {

    @Override
    List<BenchmarkRow> rows() {
        String target = "ready in <= %,d ms".formatted(StartRows.MOST_MS);
        return List.of(
                new BenchmarkRow("first_start", "an empty folder: " + target, StartRows::first),
                new BenchmarkRow("next_start", "a folder with data: " + target, StartRows::next));
    }
}
