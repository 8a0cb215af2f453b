package io.pawline.cli;

import io.pawline.cli.connection.Cluster;
import io.pawline.cli.connection.ClusterException;
import io.pawline.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics and partitions that a cluster lacks. It removes nothing, and changes no setting of a topic. */
public final class TopicSetup {

    private final Cluster cluster;

    private TopicSetup(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Creates what is missing.
     *
     * @param connection Kafka client settings: bootstrap servers, security
     * @param partitions of each topic of work
     * @param replicas copies of each partition of a topic that is created
     * @return what became of each topic, a line each
     * @throws ClusterException if the cluster cannot be reached or refuses
     */
    public static List<String> create(Map<String, ?> connection, int partitions, short replicas) {
        try (Cluster cluster = new Cluster(connection)) {
            return new TopicSetup(cluster).create(Topics.all(partitions, replicas));
        }
    }

    private List<String> create(List<NewTopic> wanted) {
        Map<String, Integer> present =
                partitions(wanted.stream().map(NewTopic::name).toList());
        Map<String, KafkaFuture<Void>> created = cluster.admin()
                .createTopics(wanted.stream()
                        .filter(topic -> !present.containsKey(topic.name()))
                        .toList())
                .values();
        Map<String, KafkaFuture<Void>> raised = cluster.admin()
                .createPartitions(wanted.stream()
                        .filter(topic -> present.getOrDefault(topic.name(), Integer.MAX_VALUE) < topic.numPartitions())
                        .collect(Collectors.toMap(
                                NewTopic::name, topic -> NewPartitions.increaseTo(topic.numPartitions()))))
                .values();
        List<String> lines = new ArrayList<>();
        for (NewTopic topic : wanted) {
            String name = topic.name();
            if (created.containsKey(name)) {
                lines.add(settle(
                        name,
                        created.get(name),
                        "is created with %d partitions, %d copies of each"
                                .formatted(topic.numPartitions(), topic.replicationFactor())));
            } else if (raised.containsKey(name)) {
                lines.add(settle(
                        name,
                        raised.get(name),
                        "now has %d partitions instead of %d".formatted(topic.numPartitions(), present.get(name))));
            } else {
                lines.add("%s is there with %d partitions".formatted(name, present.get(name)));
            }
        }
        return lines;
    }

    private String settle(String topic, KafkaFuture<Void> change, String says) {
        try {
            cluster.answer(change);
            return topic + " " + says;
        } catch (ClusterException refused) {
            // The broker that was asked what is there, may know less than the controller
            if (refused.getCause() instanceof TopicExistsException
                    || refused.getCause() instanceof InvalidPartitionsException) {
                return topic + " is there: it has just been changed";
            }
            throw refused;
        }
    }

    /** Counts the partitions of those topics that are there. */
    private Map<String, Integer> partitions(List<String> names) {
        Map<String, Integer> partitions = new HashMap<>();
        cluster.admin().describeTopics(names).topicNameValues().forEach((name, description) -> {
            try {
                partitions.put(name, cluster.answer(description).partitions().size());
            } catch (ClusterException refused) {
                if (!(refused.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw refused;
                }
            }
        });
        return partitions;
    }
}
