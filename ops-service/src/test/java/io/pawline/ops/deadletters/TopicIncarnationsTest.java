package io.pawline.ops.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicIncarnationsTest {

    private static final String TOPIC = "pawline.generate.dlt";

    private Instant now = Instant.EPOCH;
    private Uuid id = Uuid.randomUuid();
    private int asked;
    private final TopicIncarnations topics = new TopicIncarnations(
            _ -> {
                asked++;
                return Map.of(TOPIC, id);
            },
            new Clock() {
                @Override
                public Instant instant() {
                    return now;
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }
            });

    @Test
    void asksKafkaOnceForManyRecords() {
        for (int offset = 0; offset < 1_000; offset++) {
            assertThat(topics.of(record(offset))).isEqualTo(id.toString());
        }
        assertThat(asked).isOne();
    }

    @Test
    void noticesATopicMadeAnewByOffsetsThatGoBack() {
        topics.of(record(7));
        id = Uuid.randomUuid();

        assertThat(topics.of(record(0))).isEqualTo(id.toString());
    }

    @Test
    void noticesATopicMadeAnewAfterAWhile() {
        topics.of(record(7));
        id = Uuid.randomUuid();
        now = now.plus(Duration.ofSeconds(6));

        assertThat(topics.of(record(8))).isEqualTo(id.toString());
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        return new ConsumerRecord<>(TOPIC, 0, offset, new byte[0], new byte[0]);
    }
}
