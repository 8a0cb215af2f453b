package io.pawline.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Lists every topic of Pawline with its settings, and the consumer groups and ids that belong to no stage. No other
 * place but {@link Stage} makes names. {@link TopicPrefix} stands before all of them.
 */
public final class Topics {

    /** The topic of outside calls, with an event for the start and the end of each. */
    public static final String ATTEMPTS = TopicPrefix.name("attempts");

    /** Names the consumer group by which callback-service writes final states into the tasks' rows. */
    public static final String FINAL_STATES_GROUP = TopicPrefix.name("callback.final-states");

    /** The topic of live controls. The newest of a key holds. */
    public static final String CONTROL = TopicPrefix.name("control");

    /** The topic in which the processes of a stage share the limit of their provider. Each stage has a partition. */
    public static final String LIMITS = TopicPrefix.name("limits");

    /** The topic in which the processes of stages ask for money, and are answered. */
    public static final String BUDGET = TopicPrefix.name("budget");

    /** The topic of the counts of calls and final states that ops-service makes for its tables. */
    public static final String LIVE = TopicPrefix.name("live");

    /** Names the consumer group by which ingest-service notes how far tasks have come. */
    public static final String PROGRESS_GROUP = TopicPrefix.name("ingest.progress");

    /** Names the consumer group by which ingest-service answers who asks for money. */
    public static final String BUDGET_GROUP = TopicPrefix.name("ingest.budget");

    /** Names the consumer group by which ops-service writes the ledger. */
    public static final String LEDGER_GROUP = TopicPrefix.name("ops.ledger");

    /** Names the consumer group by which ops-service indexes dead letters. */
    public static final String DEAD_LETTERS_GROUP = TopicPrefix.name("ops.dead-letters");

    /** Names the consumer group by which ops-service keeps what was counted. */
    public static final String LIVE_TABLES_GROUP = TopicPrefix.name("ops.live-tables");

    /** Names the live count of ops-service: its consumer group, and what its transactions and own topics begin with. */
    public static final String LIVE_COUNT = TopicPrefix.name("ops.live");

    /** Names the transactions of replays, and what the group of each replay begins with. */
    public static final String REPLAY = TopicPrefix.name("ops.replay");

    /**
     * How long a record stays in a long-retry topic before it is read. It is the same for all records. So they are due
     * in the order in which they were written, and none has to be held in memory.
     */
    public static final Duration LONG_RETRY_HOP = Duration.ofMinutes(10);

    /** The bytes of the largest record of a work topic, which is Kafka's default. */
    private static final int LARGEST_WORK = 1024 * 1024 + 12;

    /** The bytes of the largest failed record. It has headers about its failure in addition. */
    private static final int LARGEST_FAILED = LARGEST_WORK + 64 * 1024;

    private static final Duration WORK_KEPT = Duration.ofDays(7);
    private static final Duration COUNTS_KEPT = Duration.ofDays(1);
    /** Nothing that processes tell each other about limits and money counts for longer than 75 seconds. */
    private static final Duration LIMITS_KEPT = Duration.ofMinutes(5);

    private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);

    /** A time longer than any cool-down. Until then, one that ends later stays beside a newer one that ends sooner. */
    private static final Duration CONTROL_UNCOMPACTED = Duration.ofDays(2);

    /** A commanded year must not be read at a start, so a segment is soon old enough to be compacted. */
    private static final Duration CONTROL_SEGMENT = Duration.ofHours(1);

    /** A reader that reads from the beginning needs a tombstone only while it reads. */
    private static final Duration CONTROL_TOMBSTONES = Duration.ofHours(1);

    /** Compaction comes by this time, however little there is to compact. */
    private static final Duration CONTROL_COMPACTED = Duration.ofDays(3);

    private Topics() {}

    /**
     * All topics. They are created if they are missing.
     *
     * @param partitions partitions of each work topic and retry topic and of the attempts; a stage can have that many
     *     processes
     * @param replicas copies of each partition
     */
    public static List<NewTopic> all(int partitions, short replicas) {
        List<NewTopic> topics = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            topics.add(topic(stage.workTopic(), partitions, replicas, WORK_KEPT, LARGEST_WORK));
            topics.add(topic(stage.retryTopic(), partitions, replicas, WORK_KEPT, LARGEST_FAILED));
            stage.longRetryTopic().ifPresent(name -> topics.add(longRetryTopic(name, partitions, replicas)));
            topics.add(topic(stage.deadLetterTopic(), partitions, replicas, DEAD_LETTERS_KEPT, LARGEST_FAILED));
        }
        topics.add(topic(ATTEMPTS, partitions, replicas, WORK_KEPT, LARGEST_WORK));
        topics.add(topic(LIVE, 1, replicas, COUNTS_KEPT, LARGEST_WORK));
        topics.add(conversation(LIMITS, Stage.values().length, replicas));
        topics.add(conversation(BUDGET, 1, replicas));
        topics.add(new NewTopic(CONTROL, 1, replicas)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, String.valueOf(CONTROL_UNCOMPACTED.toMillis()),
                        TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, String.valueOf(CONTROL_COMPACTED.toMillis()),
                        TopicConfig.SEGMENT_MS_CONFIG, String.valueOf(CONTROL_SEGMENT.toMillis()),
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.01",
                        TopicConfig.DELETE_RETENTION_MS_CONFIG, String.valueOf(CONTROL_TOMBSTONES.toMillis()))));
        topics.forEach(topic -> topic.configs(withLeastInSync(topic.configs(), replicas)));
        return List.copyOf(topics);
    }

    /** With three copies, a record is accepted when two have it, so a lost broker neither loses nor stops anything. */
    private static Map<String, String> withLeastInSync(Map<String, String> configs, short replicas) {
        Map<String, String> settings = new HashMap<>(configs);
        settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, replicas >= 3 ? "2" : "1");
        return settings;
    }

    /** Returns the partition of the limits topic that belongs to a stage. */
    public static int limitsPartition(Stage stage) {
        return switch (stage) {
            case DETECT -> 0;
            case GENERATE -> 1;
            case MATTING -> 2;
            case FINALIZE -> 3;
            case CALLBACK -> 4;
        };
    }

    /** A process reads it from its beginning at the start, so a segment is soon old enough to be deleted. */
    private static NewTopic conversation(String name, int partitions, short replicas) {
        NewTopic topic = topic(name, partitions, replicas, LIMITS_KEPT, LARGEST_WORK);
        Map<String, String> settings = new HashMap<>(topic.configs());
        settings.put(TopicConfig.SEGMENT_MS_CONFIG, String.valueOf(LIMITS_KEPT.toMillis()));
        return topic.configs(settings);
    }

    /** The broker says when a record was appended, so that no process's clock decides when it is due. */
    private static NewTopic longRetryTopic(String name, int partitions, short replicas) {
        NewTopic topic = topic(name, partitions, replicas, WORK_KEPT, LARGEST_FAILED);
        Map<String, String> settings = new HashMap<>(topic.configs());
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return topic.configs(settings);
    }

    private static NewTopic topic(String name, int partitions, short replicas, Duration kept, int largest) {
        return new NewTopic(name, partitions, replicas)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG, String.valueOf(kept.toMillis()),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(largest)));
    }
}
