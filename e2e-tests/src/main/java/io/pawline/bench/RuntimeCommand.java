package io.pawline.bench;

import java.util.List;
import picocli.CommandLine.Command;

/** The stage runtime by itself: what one stage can do, and what it keeps when it is killed and stopped. */
@Command(
        name = "runtime",
        description = {
            "What one stage can do and what becomes of its work when it is killed and stopped, on a Kafka on this"
                    + " machine. Takes half an hour.",
            "Rows: in_flight, records_per_s, hop_ms, kills, sigterm, capacity_halves, plain_failures, outage,"
                    + " outage_control."
        },
        mixinStandardHelpOptions = true)
<<<<<<< HEAD
final class RuntimeCommand implements Callable<Integer> {

    @Option(
            names = "--rows",
            paramLabel = "NAME",
            split = ",",
            description = "Only these, of: in_flight, records_per_s, hop_ms, kills, sigterm, capacity_halves,"
                    + " plain_failures, outage, outage_control, receivers (default: all).")
    private List<String> names = List.of();

    @Option(
            names = "--small",
            description = "Everything as small as can be: shows that the rows work, and no figure worth having.")
    private boolean small;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the rows into this file.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;
=======
final class RuntimeCommand extends RowsCommand {
>>>>>>> wt/pressure

    @Override
    List<RuntimeRow> rows() {
        return RuntimeRows.ALL;
    }
}
