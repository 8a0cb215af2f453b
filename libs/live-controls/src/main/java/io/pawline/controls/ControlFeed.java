package io.pawline.controls;

import io.pawline.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the records of the control topic from its beginning, and then as they come. For one thread, but for {@link
 * #wakeUp}. After any exception, the caller begins anew with another feed.
 */
final class ControlFeed implements AutoCloseable {

    private static final TopicPartition PARTITION = new TopicPartition(Topics.CONTROL, 0);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final Duration TO_CLOSE = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;

    ControlFeed(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // If the position is gone, the topic was made anew: all that was read before is void.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_WITHIN.toMillis());
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_WITHIN.toMillis() / 2);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Goes to the beginning.
     *
     * @return the offset at which the topic ends now
     * @throws UnknownTopicOrPartitionException if there is no such topic
     */
    long begin() {
        if (consumer.partitionsFor(Topics.CONTROL).isEmpty()) {
            throw new UnknownTopicOrPartitionException(
                    "there is no topic %s; create it: ./pawline topics".formatted(Topics.CONTROL));
        }
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
        return consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    }

    /** Says whether everything before this offset has been read. */
    boolean hasReached(long offset) {
        return consumer.position(PARTITION) >= offset;
    }

    /** Returns the next records; none if there were none for so long. */
    ConsumerRecords<byte[], byte[]> next(Duration longest) {
        return consumer.poll(longest);
    }

    /** Ends the call that is waiting, or the next one, with Kafka's WakeupException. For any thread. */
    void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(TO_CLOSE));
    }
}
