package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.live.ReaderDelays.Reader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReaderDelaysTest {

    private static final TopicPartition PARTITION = new TopicPartition("calls", 0);

    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final TestingOffsets kafka = new TestingOffsets();
    private final ReaderDelays delays = new ReaderDelays(
            List.of(new Reader("ledger", "group", List.of("calls"))),
            kafka,
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @Test
    void aReaderThatHasReadEverythingIsNotBehind() {
        kafka.end = 7;
        kafka.next = 7;
        sampleAfter(0);
        sampleAfter(5);

        assertThat(delays.of("ledger")).contains(Duration.ZERO);
    }

    @Test
    void theMarkerBehindTheLastRecordIsNotWaitedFor() {
        kafka.end = 8;
        kafka.next = 7;
        sampleAfter(0);
        sampleAfter(60);

        assertThat(delays.of("ledger")).contains(Duration.ZERO);
    }

    @Test
    void itIsBehindSinceTheOldestRecordThatIsNotRead() {
        sampleAfter(0);
        kafka.end = 10;
        sampleAfter(5);
        kafka.end = 20;
        sampleAfter(5);
        kafka.end = 30;
        sampleAfter(5);
        assertThat(delays.of("ledger")).contains(Duration.ofSeconds(10));

        kafka.next = 15;
        sampleAfter(5);
        assertThat(delays.of("ledger")).as("it has read the first ten").contains(Duration.ofSeconds(10));

        kafka.next = 30;
        sampleAfter(5);
        assertThat(delays.of("ledger")).contains(Duration.ZERO);
    }

    @Test
    void anAbortedTransactionHoldsNothingToRead() {
        kafka.end = 10;
        kafka.hasRecord = false;
        sampleAfter(0);
        sampleAfter(600);
        assertThat(delays.of("ledger")).contains(Duration.ZERO);

        kafka.end = 20;
        kafka.hasRecord = true;
        sampleAfter(5);
        sampleAfter(5);
        assertThat(delays.of("ledger")).contains(Duration.ofSeconds(5));
    }

    @Test
    void aLongDelayIsShownAsTheLongest() {
        kafka.end = 10;
        for (int minutes = 0; minutes < 30; minutes++) {
            sampleAfter(60);
        }

        assertThat(delays.of("ledger")).contains(ReaderDelays.LONGEST);
    }

    @Test
    void whileKafkaDoesNotAnswerNothingIsKnown() {
        kafka.end = 10;
        sampleAfter(0);
        kafka.away = true;
        sampleAfter(5);
        assertThat(delays.of("ledger")).isEmpty();

        kafka.away = false;
        sampleAfter(5);
        assertThat(delays.of("ledger")).contains(Duration.ofSeconds(10));
    }

    private void sampleAfter(int seconds) {
        now = now.plusSeconds(seconds);
        delays.sample();
    }

    private static final class TestingOffsets implements ReaderDelays.Offsets {
        private long end;
        private long next;
        private boolean hasRecord = true;
        private boolean away;

        @Override
        public Map<TopicPartition, Long> ends(Collection<String> topics) {
            if (away) {
                throw new KafkaException("no answer");
            }
            return Map.of(PARTITION, end);
        }

        @Override
        public Map<TopicPartition, Long> next(Reader reader) {
            return Map.of(PARTITION, next);
        }

        @Override
        public boolean hasRecord(TopicPartition partition, long from, long before) {
            return hasRecord;
        }
    }
}
