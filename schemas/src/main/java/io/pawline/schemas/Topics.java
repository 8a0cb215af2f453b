package io.pawline.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** Every topic of Pawline with its settings: the one place that names them. */
public final class Topics {

    /** One event per outside call: its start and its end. */
    public static final String ATTEMPTS = "pawline.attempts";

    /** Live instructions to the stages, the newest of a key holds. */
    public static final String CONTROL = "pawline.control";

    private static final Duration WORK_KEPT = Duration.ofDays(7);
    private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);

    private Topics() {}

    /**
     * All topics, to be created where they are missing.
     *
     * @param partitions of each work topic, retry topic and of the attempts; the most processes a stage can be scaled to
     * @param replicas copies of each partition
     */
    public static List<NewTopic> all(int partitions, short replicas) {
        List<NewTopic> topics = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            topics.add(keptFor(WORK_KEPT, stage.workTopic(), partitions, replicas));
            topics.add(keptFor(WORK_KEPT, stage.retryTopic(), partitions, replicas));
            topics.add(keptFor(DEAD_LETTERS_KEPT, stage.deadLetterTopic(), partitions, replicas));
        }
        topics.add(keptFor(WORK_KEPT, ATTEMPTS, partitions, replicas));
        topics.add(new NewTopic(CONTROL, 1, replicas)
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
        return List.copyOf(topics);
    }

    private static NewTopic keptFor(Duration kept, String name, int partitions, short replicas) {
        return new NewTopic(name, partitions, replicas)
                .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(kept.toMillis())));
    }
}
