package io.pawline.cli.check;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import io.pawline.cli.connection.Cluster;
import io.pawline.cli.connection.ClusterException;
import io.pawline.cli.terminal.Failures;
import io.pawline.schemas.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks at a Kafka cluster: whether it answers, what its user may do, and whether Pawline's topics are as they should
 * be.
 */
public final class KafkaCheck {

    private static final String KAFKA = "kafka";
    private static final String TOPICS = "topics";

    /** A number of partitions that no topic has but those for which it is asked. */
    private static final int OF_WORK = 2;

    private final Map<String, ?> connection;

    /** @param connection Kafka client settings: bootstrap servers, security */
    public KafkaCheck(Map<String, ?> connection) {
        this.connection = connection;
    }

    /** Returns what was found; never throws for what it finds. */
    public List<Finding> findings() {
        String where = String.valueOf(connection.get("bootstrap.servers"));
        List<Finding> findings = new ArrayList<>();
        try (Cluster cluster = new Cluster(connection)) {
            Collection<Node> brokers = brokers(cluster, findings);
            Map<String, TopicDescription> topics = topics(cluster, findings);
            findings.addAll(new RightsCheck(cluster).findings(topics));
            findings.add(partitions(where, topics));
            findings.addAll(new TopicSettingsCheck(where, brokers.size())
                    .findings(topics.values(), settings(cluster, topics.keySet(), findings)));
        } catch (ClusterException failed) {
            boolean away = findings.isEmpty();
            findings.add(Finding.fail(
                    away ? KAFKA : TOPICS,
                    where,
                    Failures.inOneLine(failed),
                    away
                            ? "see that --bootstrap-servers and --kafka-config name this cluster and its login"
                            : "give the user the right to describe Pawline's topics"));
            if (away) {
                Stream.of(TOPICS, "rights", "partitions", "topic settings", "replication")
                        .map(check -> Finding.skipped(check, where, "Kafka is not reached", ""))
                        .forEach(findings::add);
            }
        }
        return findings;
    }

    private static Collection<Node> brokers(Cluster cluster, List<Finding> findings) {
        var asked = cluster.admin().describeCluster();
        Collection<Node> brokers = cluster.answer(asked.nodes());
        findings.add(Finding.ok(
                KAFKA,
                cluster.servers(),
                "cluster %s, brokers: %d%s"
                        .formatted(cluster.answer(asked.clusterId()), brokers.size(), version(cluster))));
        return brokers;
    }

    /** Says the metadata version, which is the nearest thing to a version that a cluster has; empty if it has none. */
    private static String version(Cluster cluster) {
        try {
            var features = cluster.answer(cluster.admin().describeFeatures().featureMetadata())
                    .finalizedFeatures();
            return features.containsKey("metadata.version")
                    ? ", metadata.version " + features.get("metadata.version").maxVersionLevel()
                    : "";
        } catch (ClusterException unknown) {
            return "";
        }
    }

    private static Map<String, TopicDescription> topics(Cluster cluster, List<Finding> findings) {
        List<String> names = wanted().keySet().stream().sorted().toList();
        Map<String, TopicDescription> present = new HashMap<>();
        Set<String> missing = new TreeSet<>();
        cluster.admin()
                .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .forEach((name, description) -> {
                    try {
                        present.put(name, cluster.answer(description));
                    } catch (ClusterException refused) {
                        if (!(refused.getCause() instanceof UnknownTopicOrPartitionException)) {
                            throw refused;
                        }
                        missing.add(name);
                    }
                });
        findings.add(
                missing.isEmpty()
                        ? Finding.ok(TOPICS, cluster.servers(), "all %d are there".formatted(names.size()))
                        : Finding.fail(
                                TOPICS,
                                cluster.servers(),
                                "%d of %d are missing: %s"
                                        .formatted(missing.size(), names.size(), String.join(", ", missing)),
                                "create them: pawline topics"));
        return present;
    }

    /**
     * Compares the partitions of a stage's topics; the stage can be scaled as far as the least of them. The other topics
     * have as many as they are made for.
     */
    private static Finding partitions(String where, Map<String, TopicDescription> topics) {
        Map<Integer, List<String>> byCount = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        wanted().forEach((name, topic) -> {
            if (topics.containsKey(name)) {
                int count = topics.get(name).partitions().size();
                if (topic.numPartitions() == OF_WORK) {
                    byCount.computeIfAbsent(count, _ -> new ArrayList<>()).add(name);
                } else if (count != topic.numPartitions()) {
                    wrong.add("%s has %d instead of %d".formatted(name, count, topic.numPartitions()));
                }
            }
        });
        if (!wrong.isEmpty()) {
            return Finding.fail(
                    "partitions",
                    where,
                    wrong.stream().sorted().collect(joining(", ")),
                    "delete the topic while no process runs, then create it: pawline topics");
        }
        int most = byCount.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (byCount.size() > 1) {
            return Finding.fail(
                    "partitions",
                    where,
                    "not all topics of work have %d: %s"
                            .formatted(
                                    most,
                                    byCount.entrySet().stream()
                                            .filter(entry -> entry.getKey() != most)
                                            .flatMap(entry -> entry.getValue().stream()
                                                    .map(name -> name + " has " + entry.getKey()))
                                            .sorted()
                                            .collect(joining(", "))),
                    "add those that are missing: pawline topics --partitions " + most);
        }
        return byCount.isEmpty()
                ? Finding.skipped("partitions", where, "there are no topics of work", "")
                : Finding.ok("partitions", where, "%d for each topic of work".formatted(most));
    }

    private static Map<String, Config> settings(Cluster cluster, Set<String> topics, List<Finding> findings) {
        Map<String, Config> settings = new HashMap<>();
        try {
            cluster.answer(cluster.admin()
                            .describeConfigs(topics.stream()
                                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                                    .toList())
                            .all())
                    .forEach((resource, config) -> settings.put(resource.name(), config));
        } catch (ClusterException refused) {
            findings.add(Finding.skipped(
                    "topic settings",
                    cluster.servers(),
                    Failures.inOneLine(refused),
                    "give the user the right DescribeConfigs on Pawline's topics"));
        }
        return settings;
    }

    /** Names each wanted topic; topics of work have {@link #OF_WORK} partitions. */
    static Map<String, NewTopic> wanted() {
        return Topics.all(OF_WORK, (short) 1).stream().collect(toMap(NewTopic::name, topic -> topic));
    }
}
