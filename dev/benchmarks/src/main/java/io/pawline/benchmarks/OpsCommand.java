package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what a large day costs ops-service, how large it gets, and how fast another process takes over. */
@Command(
        name = "ops",
        description = {
            "ops-service in a large system: as a process of its own, with Kafka, PostgreSQL with fsync on and the load on"
                    + " this machine. Takes an hour and some 10 GB of disk.",
            "Rows: report_of_a_day, size, takeover."
        },
        mixinStandardHelpOptions = true)
final class OpsCommand extends RowsCommand {

    @Option(
            names = "--calls",
            paramLabel = "N",
            defaultValue = "5000000",
            description = "Calls of the large day (default: ${DEFAULT-VALUE}).")
    private int calls;

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "360000",
            description = "Tasks whose events make ops-service large: of an hour (default: ${DEFAULT-VALUE}).")
    private int tasks;

    @Override
    List<BenchmarkRow> rows() {
        return List.of(
                new BenchmarkRow(
                        "report_of_a_day",
                        "live page and search <= 300 ms, report <= 1 s, exact <= 15 s, among 29 days of 100,000 calls",
                        setting -> OpsRows.day(setting, calls)),
                new BenchmarkRow(
                        "size", "<= 512 MB resident, <= 200 MB of disk", setting -> OpsSizeRow.measure(setting, tasks)),
                new BenchmarkRow(
                        "takeover", "ledger and live count go on <= 10 s after a kill", OpsTakeoverRow::measure));
    }
}
