package io.pawline.cli.check;

import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;

import io.pawline.schemas.TopicSettingChanges;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;

/** Looks at those settings of Pawline's topics that {@code pawline topics} would correct, and at their copies. */
final class TopicSettingsCheck {

    private static final int COPIES_OF_A_CLUSTER = 3;

    private final String where;
    private final int brokers;

    TopicSettingsCheck(String where, int brokers) {
        this.where = where;
        this.brokers = brokers;
    }

    /** @param settings of those topics whose settings the user may see */
    List<Finding> findings(Collection<TopicDescription> topics, Map<String, Config> settings) {
        List<Finding> findings = new ArrayList<>();
        if (!settings.isEmpty()) {
            findings.add(settings(settings));
        }
        findings.add(replication(topics, settings));
        return findings;
    }

    private Finding settings(Map<String, Config> settings) {
        List<String> wrong = new ArrayList<>();
        KafkaCheck.wanted().forEach((name, topic) -> {
            if (settings.containsKey(name)) {
                TopicSettingChanges.of(topic, settings.get(name))
                        .forEach(change -> wrong.add("%s has %s=%s instead of %s"
                                .formatted(name, change.setting(), change.before(), change.after())));
            }
        });
        wrong.sort(null);
        return wrong.isEmpty()
                ? Finding.ok("topic settings", where, "as they should be")
                : Finding.fail("topic settings", where, String.join(", ", wrong), "correct them: pawline topics");
    }

    private Finding replication(Collection<TopicDescription> topics, Map<String, Config> settings) {
        if (topics.isEmpty()) {
            return Finding.skipped("replication", where, "there are no topics", "");
        }
        List<String> wrong = new ArrayList<>();
        int fewest = Integer.MAX_VALUE;
        for (TopicDescription topic : topics) {
            int copies = topic.partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(0);
            fewest = Math.min(fewest, copies);
            Config known = settings.get(topic.name());
            trouble(topic, copies, known == null ? 0 : number(known, MIN_IN_SYNC_REPLICAS_CONFIG), wrong);
        }
        wrong.sort(null);
        return wrong.isEmpty()
                ? Finding.ok("replication", where, "at least %d of each partition, all in sync".formatted(fewest))
                : Finding.fail(
                        "replication",
                        where,
                        String.join(", ", wrong),
                        "3 copies with min.insync.replicas=2 survive a broker: kafka-reassign-partitions, kafka-configs");
    }

    /** @param inSync the least number of copies that must have a record; 0: unknown */
    private void trouble(TopicDescription topic, int copies, long inSync, List<String> wrong) {
        if (copies == 1 && brokers > 1) {
            wrong.add(topic.name() + " has 1 copy: a lost broker loses its work");
        } else if (copies > 1 && inSync >= copies) {
            wrong.add("%s has %d copies and min.insync.replicas=%d: a lost broker stops it"
                    .formatted(topic.name(), copies, inSync));
        } else if (copies >= COPIES_OF_A_CLUSTER && inSync == 1) {
            wrong.add(topic.name() + " has min.insync.replicas=1: a lost broker may lose its newest work");
        }
        long behind = topic.partitions().stream()
                .filter(partition ->
                        partition.isr().size() < partition.replicas().size())
                .count();
        if (behind > 0) {
            wrong.add("%s has %d partitions with copies that are behind".formatted(topic.name(), behind));
        }
    }

    private static String value(Config settings, String name) {
        var entry = settings.get(name);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    private static long number(Config settings, String name) {
        String value = value(settings, name);
        return value.isEmpty() ? 0 : Long.parseLong(value);
    }
}
