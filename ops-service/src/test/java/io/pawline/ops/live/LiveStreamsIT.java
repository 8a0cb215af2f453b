package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.ops.ledger.Prices;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingSerde;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveStreamsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** A count that begins again waits for so long. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(2);

    private static final int CRASHES = 4;
    private static final int CALLS = 50;

    private final CrashingDeserializer events = new CrashingDeserializer();

    /** Fails once whenever a test asks for it, as when the registry is lost in the middle of a transaction. */
    private static final class CrashingDeserializer implements Deserializer<SpecificRecord> {

        private final TestingSerde.FromBytes events = new TestingSerde.FromBytes();
        private final AtomicBoolean crash = new AtomicBoolean();
        private final AtomicInteger crashes = new AtomicInteger();

        @Override
        public @Nullable SpecificRecord deserialize(String topic, byte[] bytes) {
            if (crash.compareAndSet(true, false)) {
                crashes.incrementAndGet();
                throw new IllegalStateException("crash");
            }
            return events.deserialize(topic, bytes);
        }
    }

    @Test
    void aCrashWithinATransactionCountsNothingTwiceAndLosesNothing() throws Exception {
        TestingKafka.freshTopics(2);
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        // Totals are written as they are counted, and not only when they are committed.
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        try (LiveStreams streams = new LiveStreams(settings, events, new Prices(Map.of()), SESSION_TIMEOUT)) {
            await().atMost(PATIENCE).until(() -> running(streams));
            for (int round = 1; round <= CRASHES; round++) {
                int crashes = round;
                long before = written();
                TestingKafka.send(calls());
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> written() >= before + CALLS);
                events.crash.set(true);
                TestingKafka.send(calls().subList(0, 1));
                await().atMost(PATIENCE).until(() -> events.crashes.get() == crashes);
                await().atMost(PATIENCE).until(() -> running(streams));
            }

            long all = CRASHES * (CALLS + 1L);
            await().atMost(PATIENCE).untilAsserted(() -> {
                streams.tend();
                assertThat(counted()).isEqualTo(all);
            });
        }
    }

    @Test
    void theCountGoesOnWhenItsTopicsGetMorePartitions() throws Exception {
        TestingKafka.freshTopics(2);
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        // The count hears of new partitions soon
        settings.put(StreamsConfig.METADATA_MAX_AGE_CONFIG, 500);
        try (LiveStreams streams = new LiveStreams(settings, events, new Prices(Map.of()), SESSION_TIMEOUT)) {
            await().atMost(PATIENCE).until(() -> running(streams));
            TestingKafka.send(calls());
            await().atMost(PATIENCE).until(() -> counted() == CALLS);

            try (Admin admin = Admin.create(TestingKafka.connection())) {
                admin.createPartitions(Map.of(
                                Topics.ATTEMPTS,
                                NewPartitions.increaseTo(5),
                                Stage.CALLBACK.workTopic(),
                                NewPartitions.increaseTo(3)))
                        .all()
                        .get();
            }
            TestingKafka.send(calls());
            await().atMost(PATIENCE).untilAsserted(() -> {
                streams.tend();
                assertThat(counted()).isEqualTo(2L * CALLS);
            });
        }
    }

    /** Nobody would see the count before the transaction times out, after a quarter of an hour. */
    @Test
    void aTransactionOfAKilledProcessHoldsNothingUp() throws Exception {
        TestingKafka.freshTopics(2);
        Map<String, Object> settings = new HashMap<>(TestingKafka.connection());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, Topics.LIVE_COUNT + "-" + UUID.randomUUID() + "-1");
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 900_000);
        try (var killed = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                LiveStreams streams =
                        new LiveStreams(TestingKafka.connection(), events, new Prices(Map.of()), SESSION_TIMEOUT)) {
            killed.initTransactions();
            killed.beginTransaction();
            killed.send(new ProducerRecord<>(Topics.LIVE, new byte[] {1}, new byte[] {2}))
                    .get();
            await().atMost(PATIENCE).until(() -> running(streams));
            TestingKafka.send(calls());

            await().atMost(PATIENCE).untilAsserted(() -> {
                streams.tend();
                assertThat(counted()).isEqualTo(CALLS);
            });
        }
    }

    private static boolean running(LiveStreams streams) {
        streams.tend();
        return streams.counts();
    }

    /** Finds how far the totals have been written, committed or not. */
    private static long written() throws InterruptedException, ExecutionException {
        TopicPartition changes = new TopicPartition("pawline.ops.live-windows-10s-changelog", 0);
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            return admin.listOffsets(
                            Map.of(changes, OffsetSpec.latest()),
                            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .partitionResult(changes)
                    .get()
                    .offset();
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> calls() {
        Instant now = Instant.now();
        return IntStream.range(0, CALLS)
                .mapToObj(_ -> TestingAttemptEvents.begun(TaskId.next(), Stage.DETECT, 1, now))
                .map(call -> new ProducerRecord<>(
                        Topics.ATTEMPTS,
                        call.getContext().getTaskId().getBytes(StandardCharsets.UTF_8),
                        new TestingSerde.ToBytes().serialize("", call)))
                .toList();
    }

    private static long counted() {
        Map<String, WindowTotals> newest = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : TestingKafka.records(Topics.LIVE)) {
            LiveUpdate update = Objects.requireNonNull(
                    Json.serde(LiveUpdate.class).deserializer().deserialize("", record.value()));
            if (update.seconds() == 10) {
                newest.put(update.key(), Objects.requireNonNull(update.totals()));
            }
        }
        return newest.values().stream().mapToLong(WindowTotals::calls).sum();
    }
}
