package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.pawline.events.PetDescribed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads all that a topic holds, from its beginning to what can be read by now. */
public final class TopicReader implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    public TopicReader(Map<String, Object> connection, String topic, String isolation) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put("isolation.level", isolation);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.topic = topic;
        // A broker may not know of a new topic for a moment. What other threads throw meanwhile is not the reader's
        await("partitions of " + topic)
                .dontCatchUncaughtExceptions()
                .atMost(StageSite.PATIENCE)
                .until(() -> !consumer.partitionsFor(topic).isEmpty());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads on to the end there is now. */
    public List<ConsumerRecord<byte[], byte[]>> all() {
        read(records::add);
        return List.copyOf(records);
    }

    /** Gives each record from here to the end there is now to the consumer. */
    void read(Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(50)).forEach(each);
        }
    }

    /** Returns the records' keys, as often as they are there. */
    public List<String> keys() {
        return all().stream().map(TopicReader::key).toList();
    }

    /** Waits until every one of the tasks is there. */
    public void awaitTasks(Set<String> tasks) {
        await(tasks.size() + " tasks in " + topic).atMost(StageSite.PATIENCE).until(() -> missing(tasks), Set::isEmpty);
    }

    /** Waits until there are so many records. */
    public void awaitCount(int count) {
        await(count + " records in " + topic)
                .atMost(StageSite.PATIENCE)
                .until(() -> keys().size(), size -> size >= count);
    }

    /** Returns those of the tasks that are not there. */
    Set<String> missing(Set<String> tasks) {
        Set<String> missing = new HashSet<>(tasks);
        keys().forEach(missing::remove);
        return missing;
    }

    /** Counts the records beyond the first of each key. */
    int duplicated() {
        List<String> keys = keys();
        return keys.size() - Set.copyOf(keys).size();
    }

    /** Returns the tasks whose result the process published. */
    public Set<String> publishedBy(long pid) {
        return all().stream()
                .filter(result -> maker(result) == pid)
                .map(TopicReader::key)
                .collect(Collectors.toSet());
    }

    private static String key(ConsumerRecord<byte[], byte[]> data) {
        return new String(data.key(), UTF_8);
    }

    private static long maker(ConsumerRecord<byte[], byte[]> result) {
        return Long.parseLong(TestingEvents.deserializer(PetDescribed.class)
                .deserialize(result.topic(), result.value())
                .getDescription());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
