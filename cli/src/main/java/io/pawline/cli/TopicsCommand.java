package io.pawline.cli;

import io.pawline.cli.connection.KafkaOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates Pawline's topics on a Kafka cluster, and brings the settings of those that are there up to date. */
@Command(
        name = "topics",
        description =
                "Creates the topics and partitions that a Kafka cluster lacks, and corrects the settings of those that"
                        + " are there. Removes nothing, and leaves retention times alone.",
        mixinStandardHelpOptions = true)
final class TopicsCommand implements Runnable {

    // Not the local stack's: that one has made its topics itself, with fewer partitions
    private static final String CLUSTER = "localhost:9092";

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "12",
            description = "Partitions of each topic of work: the most processes a stage can have"
                    + " (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            defaultValue = "3",
            description = "Copies of each partition (default: ${DEFAULT-VALUE}).")
    private short replicas;

    @Option(names = "--dry-run", description = "Says what would be done, and does nothing.")
    private boolean dryRun;

    @Override
    public void run() {
        (dryRun
                        ? TopicSetup.preview(kafka.settings(CLUSTER), partitions, replicas)
                        : TopicSetup.create(kafka.settings(CLUSTER), partitions, replicas))
                .forEach(spec.commandLine().getOut()::println);
    }
}
