package io.pawline.stage.retry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.schemas.RecordHeaders;
import io.pawline.stage.SystemScheduler;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldReferencesTest {

    private static final int ROOM = 100_000;
    private static final int SIZE = 20_000;
    private static final TopicPartition NAME = new TopicPartition("pawline.detect.retry", 0);
    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);

    private final AssignedPartition partition = new AssignedPartition(NAME, true, null);
    private final HeldReferences references =
            new HeldReferences(ROOM, partition::bytes, this::consumer, new SystemScheduler(), "test");

    @AfterEach
    void close() {
        references.close();
    }

    @Test
    void holdsNothingOfARecordButWhereItIs() {
        WorkItem item = received(0, "");
        assertThat(partition.bytes()).isBetween((long) SIZE, SIZE + 2_000L);

        references.hold(item, LATER);

        assertThat(partition.bytes()).isZero();
        assertThat(partition.open()).isEqualTo(1);
        assertThat(references.held()).isEqualTo(1);
    }

    @Test
    void thoseNotDueGetHalfOfTheRoom() {
        received(0, "");
        received(1, "");
        assertThat(references.isFull(LATER, NOW)).isFalse();

        received(2, "");

        assertThat(references.isFull(LATER, NOW)).isTrue();
        assertThat(references.isFull(NOW, NOW)).isFalse();
        received(3, "");
        received(4, "");
        assertThat(references.isFull(NOW, NOW)).isTrue();
    }

    @Test
    void readsWhatIsDueInItsOrderAsThereIsRoom() {
        for (int offset = 0; offset < 9; offset++) {
            references.hold(received(offset, ""), NOW.plusSeconds(9 - offset));
        }

        assertThat(references.due(NOW)).isEmpty();
        List<WorkItem> first = await().until(() -> collected(LATER), items -> items.size() == 4);

        assertThat(first).extracting(item -> item.data().offset()).containsExactlyInAnyOrder(5L, 6L, 7L, 8L);
        first.forEach(WorkItem::complete);
        collected.clear();
        List<WorkItem> second = await().until(() -> collected(LATER), items -> items.size() == 4);
        assertThat(second).extracting(item -> item.data().offset()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    }

    @Test
    void whatIsDueDoesNotPassWhatWasDueBefore() {
        references.hold(received(0, ""), NOW);

        assertThat(references.isFull(NOW, NOW)).isTrue();
        assertThat(references.isFull(LATER, NOW)).isFalse();
    }

    @Test
    void readsWhatIsPastItsDeadlineWithoutRoomAndBeforeItIsDue() {
        for (int offset = 0; offset < 5; offset++) {
            received(offset, "");
        }
        references.hold(received(5, Long.toString(NOW.toEpochMilli())), LATER);
        references.hold(received(6, ""), LATER);

        references.readOverdue(NOW.plusMillis(1));

        List<WorkItem> overdue = await().until(() -> collected(NOW), items -> !items.isEmpty());
        assertThat(overdue).extracting(item -> item.data().offset()).containsExactly(5L);
        assertThat(references.held()).isEqualTo(1);
    }

    @Test
    void aRecordLargerThanAllOfTheRoomHasItsTurn() {
        WorkItem large = received(0, new byte[2 * ROOM], "");
        references.hold(large, NOW);

        assertThat(await().until(() -> collected(NOW), items -> !items.isEmpty()))
                .hasSize(1);
    }

    /** The records would be open for ever, and nobody would notice. */
    @Test
    void aReaderThatDiesSaysSo() {
        bug = true;
        references.hold(received(0, ""), NOW);
        assertThat(references.broken()).isFalse();

        references.due(NOW);

        await().until(references::broken);
    }

    @Test
    void keepsNoReferenceToAFencedPartition() {
        references.hold(received(0, ""), LATER);

        partition.fence();
        references.dropFenced();

        assertThat(references.held()).isZero();
    }

    private final List<WorkItem> collected = new ArrayList<>();

    /** Goes on asking, as the poll thread does. */
    private List<WorkItem> collected(Instant now) {
        collected.addAll(references.due(now));
        return List.copyOf(collected);
    }

    private WorkItem received(long offset, String deadline) {
        return received(offset, new byte[SIZE], deadline);
    }

    private WorkItem received(long offset, byte[] value, String deadline) {
        ConsumerRecord<byte[], byte[]> data = record(offset, value, deadline);
        kept.add(data);
        return WorkItem.receive(partition, data).orElseThrow();
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value, String deadline) {
        ConsumerRecord<byte[], byte[]> data =
                new ConsumerRecord<>(NAME.topic(), NAME.partition(), offset, new byte[0], value);
        if (!deadline.isEmpty()) {
            data.headers().add(RecordHeaders.DEADLINE, deadline.getBytes(UTF_8));
        }
        return data;
    }

    private final List<ConsumerRecord<byte[], byte[]>> kept = new ArrayList<>();

    private volatile boolean bug;

    /** Has all records that were received, whenever it is assigned their partition. */
    private MockConsumer<byte[], byte[]> consumer() {
        return new MockConsumer<>("none") {
            @Override
            public synchronized void assign(java.util.Collection<TopicPartition> partitions) {
                if (bug) {
                    throw new IllegalStateException("a bug");
                }
                super.assign(partitions);
                if (!partitions.isEmpty()) {
                    updateBeginningOffsets(Map.of(NAME, 0L));
                    List.copyOf(kept).forEach(this::addRecord);
                }
            }
        };
    }
}
