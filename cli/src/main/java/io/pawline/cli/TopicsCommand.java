package io.pawline.cli;

import io.pawline.schemas.Topics;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.kafka.core.KafkaAdmin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Pawline's topics on a cluster of one's own. */
@Command(
        name = "topics",
        description = "Creates what topics and partitions a Kafka cluster lacks; takes nothing away.",
        mixinStandardHelpOptions = true)
public final class TopicsCommand implements Runnable {

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9092",
            description = "The cluster (default: ${DEFAULT-VALUE}).")
    private String bootstrapServers;

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

    @Override
    public void run() {
        create(bootstrapServers, partitions, replicas);
    }

    /**
     * Creates the topics that are missing.
     *
     * @throws RuntimeException if the cluster cannot be reached or refuses
     */
    public static void create(String bootstrapServers, int partitions, short replicas) {
        KafkaAdmin admin = new KafkaAdmin(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        NewTopic[] topics = Topics.all(partitions, replicas).toArray(NewTopic[]::new);
        admin.createOrModifyTopics(topics);
    }
}
