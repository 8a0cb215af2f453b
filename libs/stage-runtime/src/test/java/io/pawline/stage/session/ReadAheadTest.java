package io.pawline.stage.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

    private static final int MEMORY = 100_000;
    private static final TopicPartition WORK = new TopicPartition("pawline.detect", 0);
    private static final TopicPartition MORE_WORK = new TopicPartition("pawline.detect", 1);
    private static final TopicPartition RETRIES = new TopicPartition("pawline.detect.retry", 0);

    private final AssignedPartition work = new AssignedPartition(WORK, false, null);
    private final AssignedPartition retries = new AssignedPartition(RETRIES, true, null);
    private final List<AssignedPartition> all = List.of(work, new AssignedPartition(MORE_WORK, false, null), retries);

    @Test
    void workBeyondTheMemoryWaitsInKafkaUntilHalfOfItIsFree() {
        try (MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none")) {
            consumer.assign(List.of(WORK, MORE_WORK, RETRIES));
            ReadAhead readAhead = new ReadAhead(consumer, _ -> false, 64, MEMORY);
            WorkItem first = received(work, 0);
            readAhead.pauseAndResume(all);
            assertThat(consumer.paused()).isEmpty();

            WorkItem second = received(work, 1);
            readAhead.pauseAndResume(all);
            assertThat(consumer.paused()).containsExactlyInAnyOrder(WORK, MORE_WORK);

            first.complete();
            readAhead.pauseAndResume(all);
            assertThat(consumer.paused()).as("more than half is taken").hasSize(2);

            second.complete();
            readAhead.pauseAndResume(all);
            assertThat(consumer.paused()).isEmpty();
        }
    }

    @Test
    void retriesAreReadOnWhateverTheMemory() {
        try (MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none")) {
            consumer.assign(List.of(WORK, MORE_WORK, RETRIES));
            received(retries, 0);
            received(retries, 1);

            new ReadAhead(consumer, _ -> false, 64, MEMORY).pauseAndResume(all);

            assertThat(consumer.paused()).isEmpty();
        }
    }

    private static WorkItem received(AssignedPartition partition, long offset) {
        TopicPartition name = partition.name();
        return WorkItem.receive(
                        partition,
                        new ConsumerRecord<>(name.topic(), name.partition(), offset, new byte[0], new byte[60_000]))
                .orElseThrow();
    }
}
