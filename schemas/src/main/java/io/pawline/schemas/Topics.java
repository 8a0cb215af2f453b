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

    /** What ops-service counts of the attempts and the endings, on its way to its tables. */
    public static final String LIVE = "pawline.live";

    /**
     * How long a record of a long-retry topic stays there before it is looked at again. The same for all of them, so that
     * the topic is due in the order it was written, and nothing of it has to be held in memory.
     */
    public static final Duration LONG_RETRY_HOP = Duration.ofMinutes(10);

    /** Bytes of the largest record that a work topic takes, Kafka's default. */
    private static final int LARGEST_WORK = 1024 * 1024 + 12;

    /** A failed record comes with headers that tell of it, and still has to fit. */
    private static final int LARGEST_FAILED = LARGEST_WORK + 64 * 1024;

    private static final Duration WORK_KEPT = Duration.ofDays(7);
    private static final Duration COUNTS_KEPT = Duration.ofDays(1);
    private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);

    /** Longer than any cool-down: until then, one that ends later is still there beside a newer one that ends sooner. */
    private static final Duration CONTROL_UNCOMPACTED = Duration.ofDays(2);

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
            topics.add(topic(stage.workTopic(), partitions, replicas, WORK_KEPT, LARGEST_WORK));
            topics.add(topic(stage.retryTopic(), partitions, replicas, WORK_KEPT, LARGEST_FAILED));
            stage.longRetryTopic()
                    .ifPresent(name -> topics.add(topic(name, partitions, replicas, WORK_KEPT, LARGEST_FAILED)));
            topics.add(topic(stage.deadLetterTopic(), partitions, replicas, DEAD_LETTERS_KEPT, LARGEST_FAILED));
        }
        topics.add(topic(ATTEMPTS, partitions, replicas, WORK_KEPT, LARGEST_WORK));
        topics.add(topic(LIVE, 1, replicas, COUNTS_KEPT, LARGEST_WORK));
        topics.add(new NewTopic(CONTROL, 1, replicas)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                        String.valueOf(CONTROL_UNCOMPACTED.toMillis()))));
        return List.copyOf(topics);
    }

    private static NewTopic topic(String name, int partitions, short replicas, Duration kept, int largest) {
        return new NewTopic(name, partitions, replicas)
                .configs(Map.of(
                        TopicConfig.RETENTION_MS_CONFIG, String.valueOf(kept.toMillis()),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(largest)));
    }
}
