package io.pawline.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

/** Measures how several processes of a stage share the limit and the rate of one provider. */
@Command(
        name = "fleet",
        description = {
            "How several processes share one provider: the stage runtime in simulated worlds, in virtual time, and"
                    + " generate-services as real processes. Takes half an hour.",
            "Rows: places_1, places_6, places_10, coming_and_going, slow_calls, mixed_calls, failing_calls, halved, rate,"
                    + " learned_rate, learned_rate_of_the_clock, tokens, kept_limit, light_tenant,"
                    + " light_tenant_20_keys, light_tenant_6_processes, processes, processes_known, budget_kills."
        },
        mixinStandardHelpOptions = true)
final class FleetCommand extends RowsCommand {

    @Override
    List<BenchmarkRow> rows() {
        return FleetRows.all();
    }
}
