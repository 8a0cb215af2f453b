package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

/** Measures how several processes of a stage share the limit and the rate of one provider. */
@Command(
        name = "fleet",
        description = {
            "How several processes share one provider: the stage runtime in simulated worlds, in virtual time. Takes"
                    + " some minutes.",
            "Rows: places_1, places_6, places_10, coming_and_going, slow_calls, halved, rate."
        },
        mixinStandardHelpOptions = true)
final class FleetCommand extends RowsCommand {

    @Override
    List<BenchmarkRow> rows() {
        return List.of(
                new BenchmarkRow("places_1", FleetRows.PLACES_TARGET, setting -> FleetRows.places(setting, 1)),
                new BenchmarkRow("places_6", FleetRows.PLACES_TARGET, setting -> FleetRows.places(setting, 6)),
                new BenchmarkRow("places_10", FleetRows.PLACES_TARGET, setting -> FleetRows.places(setting, 10)),
                new BenchmarkRow(
                        "coming_and_going",
                        "30 places, 6 processes, one killed, one stopped for 30 s, one added: filled at most 1.3 times",
                        FleetRows::comingAndGoing),
                new BenchmarkRow(
                        "slow_calls",
                        "5 places, 5 % of the calls take 60 s: >= 95 % of the places taken",
                        FleetRows::slowCalls),
                new BenchmarkRow(
                        "halved",
                        "60 places become 30, 6 processes: found within 10 s, <= 2 % time-outs",
                        FleetRows::halved),
                new BenchmarkRow(
                        "rate",
                        "500 calls a minute, 10 processes: <= 505 in any minute, >= 485 on average",
                        FleetRows::rate));
    }
}
