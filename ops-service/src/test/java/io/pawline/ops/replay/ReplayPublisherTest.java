package io.pawline.ops.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.ops.TestingOps;
import io.pawline.ops.replay.ReplayPublisher.Batch;
import io.pawline.ops.replay.ReplayPublisher.Work;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.TestingSerde;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplayPublisherTest {

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final MockConsumer<byte[], byte[]> progress = new MockConsumer<>("earliest");
    private final ReplayPublisher publisher = new ReplayPublisher(
            producer,
            _ -> progress,
            new ReplayEvents(
                    new TestingSerde.ToBytes(), new TestingSerde.FromBytes(), new ReplaySpans(OpenTelemetry.noop())));

    @AfterEach
    void close() {
        publisher.close();
    }

    /** A process that dies between the two would publish the dead letters again, or never. */
    @Test
    void notesHowFarItHasComeInTheTransactionThatPublishes() {
        publisher.publish(List.of(new Batch(UUID.randomUUID(), List.of(deadLetter()), 7)));

        assertThat(producer.history()).hasSize(1);
        assertThat(producer.commitCount()).isOne();
        assertThat(producer.consumerGroupOffsetsHistory())
                .singleElement()
                .satisfies(ofGroups -> assertThat(ofGroups.values())
                        .containsExactly(Map.of(new TopicPartition("pawline.control", 0), new OffsetAndMetadata(7))));
    }

    @Test
    void notesNothingWhenTheTransactionFails() {
        producer.commitTransactionException = new KafkaException("the broker is away");

        assertThatThrownBy(() -> publisher.publish(List.of(new Batch(UUID.randomUUID(), List.of(deadLetter()), 7))))
                .isInstanceOf(KafkaException.class);

        assertThat(producer.history()).isEmpty();
        assertThat(producer.consumerGroupOffsetsHistory()).isEmpty();
    }

    /** A broker that is away says nothing about a record: it is sent again, and not set aside. */
    @Test
    void knowsARefusedRecordFromABrokerThatIsAway() {
        assertThat(ReplayPublisher.refused(new KafkaException(new RecordTooLargeException("1 MB"))))
                .isTrue();
        assertThat(ReplayPublisher.refused(new IllegalArgumentException("no event")))
                .isTrue();
        assertThat(ReplayPublisher.refused(new KafkaException("the broker is away")))
                .isFalse();
    }

    private static Work deadLetter() {
        Submission task = TestingTasks.submission();
        byte[] event = TestingOps.bytes(TestingOps.described(task, 1));
        return new Work(Stage.GENERATE, task.id().value(), event, 2, Instant.EPOCH, new byte[0]);
    }
}
