package io.pawline.schemas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Compares the settings of topics that are there with those that Pawline needs. How long a topic keeps its records, and
 * how many of its copies must have them, is the operator's affair once the topic is there: it may have fewer copies than
 * are wanted of a new one. The size of the largest record is only raised.
 */
public final class TopicSettingChanges {

    /**
     * Says that a setting of a topic has to be changed.
     *
     * @param before what it is now; empty if unknown
     */
    public record Change(String topic, String setting, String before, String after) {

        /** Returns the change in words. */
        public String words() {
            return "%s=%s instead of %s".formatted(setting, after, before);
        }
    }

    private TopicSettingChanges() {}

    /** Returns the changes that a topic needs, sorted by setting. */
    public static List<Change> of(NewTopic wanted, Config present) {
        List<Change> changes = new ArrayList<>();
        wanted.configs().forEach((setting, value) -> {
            ConfigEntry entry = present.get(setting);
            String before = entry == null || entry.value() == null ? "" : entry.value();
            if (isToBeChanged(setting, before, value)) {
                changes.add(new Change(wanted.name(), setting, before, value));
            }
        });
        changes.sort(Comparator.comparing(Change::setting));
        return changes;
    }

    /** Returns the topics as Kafka's administration names them. */
    public static List<ConfigResource> resources(Collection<String> topics) {
        return topics.stream().map(TopicSettingChanges::resource).toList();
    }

    /**
     * Returns the changes that topics need, in the order of the topics.
     *
     * @param present the settings of those topics that are there; the others need no change
     */
    public static List<Change> of(Collection<NewTopic> wanted, Map<ConfigResource, Config> present) {
        return wanted.stream()
                .flatMap(topic ->
                        Optional.ofNullable(present.get(resource(topic.name())))
                                .map(settings -> of(topic, settings))
                                .stream())
                .flatMap(List::stream)
                .toList();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /** Returns the operations that make these changes and leave every other setting alone. */
    public static Map<ConfigResource, Collection<AlterConfigOp>> operations(Collection<Change> changes) {
        Map<ConfigResource, Collection<AlterConfigOp>> operations = new HashMap<>();
        for (Change change : changes) {
            operations
                    .computeIfAbsent(resource(change.topic()), _ -> new ArrayList<>())
                    .add(new AlterConfigOp(
                            new ConfigEntry(change.setting(), change.after()), AlterConfigOp.OpType.SET));
        }
        return operations;
    }

    private static boolean isToBeChanged(String setting, String before, String after) {
        return switch (setting) {
            case TopicConfig.RETENTION_MS_CONFIG, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG -> false;
            case TopicConfig.MAX_MESSAGE_BYTES_CONFIG ->
                before.isEmpty() || Long.parseLong(before) < Long.parseLong(after);
            default -> !before.equals(after);
        };
    }
}
