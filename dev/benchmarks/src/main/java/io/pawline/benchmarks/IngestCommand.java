package io.pawline.benchmarks;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures ingest-service alone: how much it accepts, how soon, how many may wait, and what it keeps during a Kafka
 * outage.
 */
@Command(
        name = "ingest",
        description = {
            "What ingest-service accepts and keeps: a process of its own, PostgreSQL with fsync on, Kafka and the load"
                    + " on this machine. Takes a quarter of an hour.",
            "Rows: submits_per_s, submit_ms, open_waits, uploads_at_once, hostile_requests, kafka_outage."
        },
        mixinStandardHelpOptions = true)
final class IngestCommand extends RowsCommand {

    @Option(
            names = "--outage",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Length of the Kafka outage (default: ${DEFAULT-VALUE}).")
    private int outageSeconds;

    @Override
    List<BenchmarkRow> rows() {
        Duration outage = Duration.ofSeconds(outageSeconds);
        return List.of(
                new BenchmarkRow("submits_per_s", ">= 2,500 accepted a second", SubmitRows::atOnce),
                new BenchmarkRow("submit_ms", "p99 <= 100 ms at 300 a second", SubmitRows::paced),
                new BenchmarkRow("open_waits", "20,000 in one process with <= 1 GB", WaitsRow::openWaits),
                new BenchmarkRow(
                        "uploads_at_once",
                        "200 of 10 MB, heap 384 MB: 0 deaths, each 202 or an honest 503",
                        UploadsRow::atOnce),
                new BenchmarkRow(
                        "hostile_requests",
                        "100,000: no 5xx, nothing kept of what is refused",
                        HostileRequestsRow::hostile),
                new BenchmarkRow(
                        "kafka_outage",
                        "at 50 submits a second nothing lost, order kept",
                        setting -> new KafkaOutageRow(outage).measure(setting)));
    }
}
