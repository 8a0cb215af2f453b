package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures ops-service with 50,000 dead letters: how fast it indexes them, answers questions about them and replays
 * them.
 */
@Command(
        name = "replay",
        description = {
            "What 50,000 dead letters cost: ops-service as a process of its own, PostgreSQL with fsync on, Kafka and the load"
                    + " on this machine. Takes some five minutes.",
            "Rows: indexed_per_s, answer_ms, hostile_requests, replay."
        },
        mixinStandardHelpOptions = true)
final class ReplayCommand extends RowsCommand {

    @Option(
            names = "--per-second",
            paramLabel = "N",
            defaultValue = "150",
            description = "Rate of the replay (default: ${DEFAULT-VALUE}).")
    private int perSecond;

    @Override
    List<BenchmarkRow> rows() {
        return List.of(
                new BenchmarkRow("indexed_per_s", ">= 5,000 dead letters a second", DeadLetterRows::indexed),
                new BenchmarkRow("answer_ms", "grouping and any filter <= 300 ms", DeadLetterRows::answers),
                new BenchmarkRow(
                        "hostile_requests",
                        "100,000: no 5xx, nothing done that is refused",
                        HostileOperationsRow::hostile),
                new BenchmarkRow(
                        "replay",
                        "live p99 at most 1.1 times what it is without; ops-service killed twice: 0 lost, 0 twice",
                        setting -> new ReplayRow(perSecond).measure(setting)));
    }
}
