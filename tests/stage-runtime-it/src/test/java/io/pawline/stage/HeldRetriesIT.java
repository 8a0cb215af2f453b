package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.DAY;
import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.finalStates;
import static io.pawline.testkit.TestingRecords.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.Ending;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gives a stage more records than it may have in memory. */
class HeldRetriesIT {

    private static final String RETRIES = "pawline.detect.retry";

    /** Room for some twenty records. */
    private static final long MEMORY = 20_000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<String, Instant> tried = new ConcurrentHashMap<>();
    private final List<String> triedTwice = new ArrayList<>();
    private final List<StageRuntime<TaskAccepted>> started = new ArrayList<>();

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(2);
    }

    @AfterEach
    void stop() {
        started.forEach(StageRuntime::close);
    }

    @Test
    void retriesBeyondTheMemoryAreTriedOnceAndNotBeforeTheyAreDue() {
        Instant begin = Instant.now();
        List<ProducerRecord<byte[], byte[]>> retries = IntStream.range(0, 1_000)
                .mapToObj(i -> retry(begin.plusMillis(1_000 + i * 7_919L % 3_000), DAY))
                .toList();
        TestingKafka.send(retries);

        start(20);

        awaitRecords("pawline.generate", 1_000);
        assertThat(tried).hasSize(1_000);
        assertThat(triedTwice).isEmpty();
        assertThat(retries).allSatisfy(retry -> assertThat(tried.get(id(retry))).isAfterOrEqualTo(due(retry)));
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(1_000));
    }

    @Test
    void aRetryThatIsDueSoonerPassesThoseThatFillTheMemory() {
        List<ProducerRecord<byte[], byte[]>> inAnHour = IntStream.range(0, 500)
                .mapToObj(_ -> retry(Instant.now().plus(Duration.ofHours(1)), DAY))
                .toList();
        List<ProducerRecord<byte[], byte[]>> soon = IntStream.range(0, 300)
                .mapToObj(i -> retry(Instant.now().plusMillis(i), DAY))
                .toList();
        TestingKafka.send(inAnHour);
        TestingKafka.send(soon);

        start(20);

        awaitRecords("pawline.generate", 300);
        assertThat(tried.keySet()).containsExactlyInAnyOrderElementsOf(ids(soon));
        await().until(() -> gauge("retries.held") == 500);
    }

    @Test
    void aRestartKeepsTheRetriesThatWereLeftInKafka() {
        TestingKafka.send(IntStream.range(0, 400)
                .mapToObj(i -> retry(Instant.now().plusMillis(i < 200 ? 0 : 4_000), DAY))
                .toList());
        start(20);
        awaitRecords("pawline.generate", 200);
        started.getFirst().close();

        start(20);

        assertThat(awaitRecords("pawline.generate", 400)).hasSize(400);
        assertThat(triedTwice).isEmpty();
    }

    @Test
    void aRetryLeftInKafkaEndsAtItsDeadlineThoughNothingMayBegin() {
        CountDownLatch end = new CountDownLatch(1);
        TestingKafka.send(
                IntStream.range(0, 100).mapToObj(_ -> retry(Instant.now(), DAY)).toList());
        TestingKafka.send(IntStream.range(0, 100)
                .mapToObj(_ -> retry(Instant.now().plus(Duration.ofHours(1)), Duration.ofSeconds(2)))
                .toList());

        start(1, (in, _) -> {
            end.await();
            return described(in);
        });

        assertThat(finalStates(100))
                .allSatisfy(finalState -> assertThat(finalState.getEnding()).isEqualTo(Ending.EXPIRED));
        end.countDown();
        assertThat(awaitRecords("pawline.generate", 100)).hasSize(100);
    }

    @Test
    void aRetryThatKafkaHasNoLongerHoldsUpNoOther() throws Exception {
        TestingKafka.send(IntStream.range(0, 400)
                .mapToObj(i -> retry(i % 2, Instant.now()))
                .toList());
        CountDownLatch begin = new CountDownLatch(1);
        start(20, (in, attempt) -> {
            begin.await();
            return tried(in, attempt);
        });
        await("all have been read")
                .until(() -> gauge("retries.held") + gauge("permits.waiting") + gauge("in.flight") == 400);

        delete(100);
        int kept = TestingKafka.records(RETRIES).size();
        begin.countDown();

        assertThat(kept).isBetween(1, 399);
        awaitRecords("pawline.generate", kept);
        await().until(() -> gauge("retries.held") == 0);
        assertThat(TestingKafka.records("pawline.generate"))
                .as("those that were kept, and of the others the few that were in memory")
                .hasSizeLessThan(kept + 50);
        // A commit takes along what was given up before it
        TestingKafka.send(List.of(retry(0, Instant.now()), retry(1, Instant.now())));
        await().untilAsserted(() -> assertThat(committed()).isEqualTo(402));
        assertThat(triedTwice).isEmpty();
    }

    /** Deletes the first records of each partition, as their retention does. */
    private static void delete(int records) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(RETRIES, 0), RecordsToDelete.beforeOffset(records),
                            new TopicPartition(RETRIES, 1), RecordsToDelete.beforeOffset(records)))
                    .all()
                    .get();
        }
    }

    @Test
    void aBacklogBeyondTheMemoryIsWorkedOff() {
        TestingKafka.send(IntStream.range(0, 2_000)
                .mapToObj(_ -> task(TaskId.next(), "x".repeat(5_000), DAY))
                .toList());

        start(20);

        assertThat(awaitRecords("pawline.generate", 2_000)).hasSize(2_000);
        assertThat(triedTwice).isEmpty();
    }

    private static long committed() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            return admin
                    .listConsumerGroupOffsets("pawline.detect")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .entrySet()
                    .stream()
                    .filter(partition -> partition.getKey().topic().equals(RETRIES))
                    .mapToLong(partition -> partition.getValue().offset())
                    .sum();
        }
    }

    private static ProducerRecord<byte[], byte[]> retry(int partition, Instant due) {
        ProducerRecord<byte[], byte[]> retry = retry(due, DAY);
        return new ProducerRecord<>(RETRIES, partition, retry.key(), retry.value(), retry.headers());
    }

    private static ProducerRecord<byte[], byte[]> retry(Instant due, Duration untilDeadline) {
        ProducerRecord<byte[], byte[]> task = task(TaskId.next(), "oil", untilDeadline);
        ProducerRecord<byte[], byte[]> retry =
                new ProducerRecord<>(RETRIES, null, task.key(), task.value(), task.headers());
        retry.headers()
                .add(RecordHeaders.NOT_BEFORE, Long.toString(due.toEpochMilli()).getBytes(UTF_8));
        retry.headers().add(RecordHeaders.ATTEMPT, "2".getBytes(UTF_8));
        return retry;
    }

    private static Instant due(ProducerRecord<byte[], byte[]> retry) {
        return Instant.ofEpochMilli(Long.parseLong(
                new String(retry.headers().lastHeader(RecordHeaders.NOT_BEFORE).value(), UTF_8)));
    }

    private static String id(ProducerRecord<byte[], byte[]> retry) {
        return new String(retry.key(), UTF_8);
    }

    private static List<String> ids(List<ProducerRecord<byte[], byte[]>> retries) {
        return retries.stream().map(HeldRetriesIT::id).toList();
    }

    private double gauge(String name) {
        return meters.get("pawline.stage." + name).gauge().value();
    }

    private Outcome tried(TaskAccepted in, Attempt attempt) {
        if (tried.put(attempt.taskId().toString(), Instant.now()) != null) {
            synchronized (triedTwice) {
                triedTwice.add(attempt.taskId().toString());
            }
        }
        return described(in);
    }

    private void start(int maxInFlight) {
        start(maxInFlight, this::tried);
    }

    private void start(int maxInFlight, Handler<TaskAccepted> handler) {
        StageRuntime<TaskAccepted> stage = TestingStage.on(TestingKafka.connection())
                .maxInFlight(maxInFlight)
                .memory(MEMORY)
                .meters(meters)
                .runtime(handler);
        started.add(stage);
        stage.start();
    }
}
