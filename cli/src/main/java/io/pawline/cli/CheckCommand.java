package io.pawline.cli;

import io.pawline.cli.check.Clocks;
import io.pawline.cli.check.DatabaseCheck;
import io.pawline.cli.check.Finding;
import io.pawline.cli.check.ImageStoreCheck;
import io.pawline.cli.check.KafkaCheck;
import io.pawline.cli.check.OpsCheck;
import io.pawline.cli.check.RegistryCheck;
import io.pawline.cli.connection.DatabaseOptions;
import io.pawline.cli.connection.ImageStoreOptions;
import io.pawline.cli.connection.OpsOptions;
import io.pawline.cli.connection.RegistryOptions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Says whether what a system stands on is as Pawline needs it. It changes nothing but for a probe in the image store.
 */
@Command(
        name = "check",
        description =
                "Looks at Kafka, the schema registry, the database, the image store, ops-service and the clocks, and"
                        + " says what is wrong and what to do. Exits with 1 if something is wrong.",
        subcommands = ProvidersCommand.class,
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private RegistryOptions connection;

    @Mixin
    private DatabaseOptions database;

    @Mixin
    private ImageStoreOptions images;

    @Mixin
    private OpsOptions ops;

    @Option(names = "--json", description = "Write one JSON document instead of lines.")
    private boolean json;

    @Override
    public Integer call() {
        return new FindingsOutput(spec.commandLine().getOut(), json)
                .write(checks().flatMap(check -> check.get().stream()));
    }

    private Stream<Supplier<List<Finding>>> checks() {
        Clock clock = Clock.systemUTC();
        Clocks clocks = new Clocks();
        return Stream.of(
                () -> new KafkaCheck(connection.kafka()).findings(),
                () -> new RegistryCheck(connection.where(), connection.settings(), clocks, clock).findings(),
                () -> new DatabaseCheck(database, clocks, clock).findings(),
                () -> List.of(new ImageStoreCheck(images, database.localStack()).finding()),
                () -> List.of(new OpsCheck(ops, clocks, clock).finding()),
                clocks::findings);
    }
}
