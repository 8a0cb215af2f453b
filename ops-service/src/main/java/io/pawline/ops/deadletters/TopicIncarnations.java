package io.pawline.ops.deadletters;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Knows in which incarnation of its topic a record stands. Kafka gives a topic that is deleted and made anew another id.
 * An id is asked for again after a while, and as soon as offsets go back, as they do in a new topic. Thread-safe.
 */
final class TopicIncarnations {

    /** A topic that was made anew is noticed after this time at the latest. */
    private static final Duration KNOWN_FOR = Duration.ofSeconds(5);

    private record Known(String id, Instant since) {}

    private final Function<Collection<String>, Map<String, Uuid>> ids;
    private final Clock clock;
    private final Map<String, Known> known = new HashMap<>();
    private final Map<TopicPartition, Long> last = new HashMap<>();

    /** @param ids asks Kafka for the ids of topics */
    TopicIncarnations(Function<Collection<String>, Map<String, Uuid>> ids, Clock clock) {
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Gives the id of the topic in which this record stands. Records of a partition are to come in their order.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    synchronized String of(ConsumerRecord<?, ?> record) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        long before = last.getOrDefault(partition, -1L);
        Known topic = known.get(record.topic());
        Instant now = clock.instant();
        if (topic == null
                || record.offset() <= before
                || topic.since().plus(KNOWN_FOR).isBefore(now)) {
            topic = new Known(id(record.topic()), now);
            known.put(record.topic(), topic);
        }
        last.put(partition, record.offset());
        return topic.id();
    }

    private String id(String topic) {
        Uuid id = ids.apply(List.of(topic)).get(topic);
        if (id == null) {
            throw new IllegalStateException("Kafka does not know topic " + topic);
        }
        return id.toString();
    }
}
