package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

/** Measures the stage runtime alone: what one stage can do, and what it keeps if it is killed or stopped. */
@Command(
        name = "runtime",
        description = {
            "What one stage can do and what becomes of its work when it is killed and stopped, on a Kafka on this"
                    + " machine. Takes half an hour.",
            "Rows: in_flight, records_per_s, hop_ms, kills, sigterm, capacity_halves, plain_failures, outage,"
                    + " outage_control, hedges, receivers, outcomes_while_receiver_fails, hostile,"
                    + " large_photos, large_pictures, held_retries."
        },
        mixinStandardHelpOptions = true)
final class RuntimeCommand extends RowsCommand {

    @Override
    List<BenchmarkRow> rows() {
        return RuntimeRows.ALL;
    }
}
