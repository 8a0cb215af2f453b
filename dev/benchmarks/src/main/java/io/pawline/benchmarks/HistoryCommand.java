package io.pawline.benchmarks;

import io.pawline.taskstore.Partitions.Length;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what a long history costs: lists and reports in it, and dropping a part of it. */
@Command(
        name = "history",
        description = {
            "What a long history costs: ingest-service or ops-service as a process of its own, PostgreSQL with fsync on,"
                    + " and the load on this machine. Takes half an hour and some 25 GB of disk.",
            "Rows: list_ms, list_plans, submits_beside_lists, report_ms, drop, drop_days."
        },
        mixinStandardHelpOptions = true)
final class HistoryCommand extends RowsCommand {

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "3000000",
            description = "Ended tasks in the history (default: ${DEFAULT-VALUE}).")
    private int tasks;

    @Option(
            names = "--gigabytes",
            paramLabel = "N",
            defaultValue = "10",
            description = "Size of the part that is dropped (default: ${DEFAULT-VALUE}).")
    private double gigabytes;

    @Override
    List<BenchmarkRow> rows() {
        return List.of(
                new BenchmarkRow("list_ms", "by any filter p99 <= 20 ms", setting -> HistoryRows.lists(setting, tasks)),
                new BenchmarkRow(
                        "list_plans",
                        "no list reads a table from end to end, or more than its page explains",
                        setting -> ListPlansRow.plans(setting, tasks)),
                new BenchmarkRow(
                        "submits_beside_lists",
                        "with ten list clients at least 0.9 times the submits",
                        setting -> HistoryRows.besideLists(setting, tasks)),
                new BenchmarkRow(
                        "report_ms",
                        "a day with 23 tasks <= 50 ms, one with a fortieth of all <= 1,000 ms",
                        setting -> HistoryRows.reports(setting, tasks)),
                new BenchmarkRow(
                        "drop",
                        "a month of weeks: p99 of 300 submits a second at most 1.3 times what it is without",
                        setting -> HistoryRows.drop(setting, gigabytes, Length.WEEK)),
                new BenchmarkRow(
                        "drop_days",
                        "a month of days: p99 of 300 submits a second at most 1.3 times what it is without",
                        setting -> HistoryRows.drop(setting, gigabytes, Length.DAY)));
    }
}
