package io.pawline.stage.retry;

import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.stage.commit.GroupCommit;
import io.pawline.stage.commit.Settlement;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * Reads the long-retry topic up to the first record that is not due. Each record stays there equally long, so all
 * records behind it are due later still. A record that has stayed long enough goes to the retry topic, or round again.
 * Used by the poll thread alone.
 */
public final class DelayedRetryReader {

    private final Stage stage;
    private final Consumer<byte[], byte[]> consumer;
    private final GroupCommit commit;
    private final Clock clock;
    private final Map<TopicPartition, Instant> asleepUntil = new HashMap<>();

    /** Holds how far the broker's clock is ahead of this process's, at least. */
    private Duration brokerAhead = Duration.ZERO;

    public DelayedRetryReader(Stage stage, Consumer<byte[], byte[]> consumer, GroupCommit commit, Clock clock) {
        this.stage = stage;
        this.consumer = consumer;
        this.commit = commit;
        this.clock = clock;
    }

    /** Says whether the partition is one of the long-retry topic. */
    public boolean has(TopicPartition name) {
        return stage.longRetryTopic().filter(name.topic()::equals).isPresent();
    }

    /** Says whether nothing of the partition is due yet. */
    public boolean sleeps(TopicPartition name) {
        Instant until = asleepUntil.get(name);
        return until != null && until.isAfter(clock.instant());
    }

    /** Moves what is due and leaves the rest to be read again. */
    public void take(AssignedPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        Instant now = clock.instant();
        for (ConsumerRecord<byte[], byte[]> data : records) {
            Instant due = due(data, now);
            if (due.isAfter(now)) {
                asleepUntil.put(partition.name(), due);
                consumer.seek(partition.name(), data.offset());
                return;
            }
            WorkItem.receive(partition, data).filter(_ -> partition.begin()).ifPresent(item -> {
                commit.add(item, Settlement.again(FailedRecord.hop(stage, data, now)));
            });
        }
    }

    /**
     * Returns when the record has stayed long enough, by this process's clock. The broker's time counts: none of its
     * records was appended in the future, so one that seems to be shows how far this process's clock is behind. A topic
     * whose settings are of an earlier version has the time of a producer.
     */
    private Instant due(ConsumerRecord<byte[], byte[]> data, Instant now) {
        Instant written = Instant.ofEpochMilli(data.timestamp());
        if (data.timestampType() == TimestampType.LOG_APPEND_TIME) {
            Duration ahead = Duration.between(now, written);
            brokerAhead = ahead.compareTo(brokerAhead) > 0 ? ahead : brokerAhead;
            return written.plus(Topics.LONG_RETRY_HOP).minus(brokerAhead);
        }
        Instant due = written.plus(Topics.LONG_RETRY_HOP);
        // Later than that was never written by this stage, and would hold up all behind it
        return due.isAfter(now.plus(Topics.LONG_RETRY_HOP.multipliedBy(2))) ? Instant.EPOCH : due;
    }

    public void forget(TopicPartition name) {
        asleepUntil.remove(name);
    }
}
