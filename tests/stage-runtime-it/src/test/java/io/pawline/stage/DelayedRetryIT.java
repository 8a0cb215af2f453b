package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.Ending;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows that the callback stage tries for hours, without holding what waits in memory. */
class DelayedRetryIT {

    private static final String LONG = "pawline.callback.retry-long";

    private final ConcurrentLinkedQueue<Integer> attempts = new ConcurrentLinkedQueue<>();
    private @Nullable StageRuntime<TaskFinished> stage;

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @AfterEach
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void putsWhatIsDueInHoursIntoTheLongRetryTopic() {
        Instant inHours = Instant.now().plus(Duration.ofHours(3));
        TestingKafka.send(List.of(record("pawline.callback", Instant.now())));

        start(new Outcome.Retry(Reason.CALLBACK_REFUSED, "503", inHours));

        ConsumerRecord<byte[], byte[]> waiting = awaitRecords(LONG, 1).getFirst();
        assertThat(Long.parseLong(header(waiting, RecordHeaders.NOT_BEFORE)))
                .isGreaterThanOrEqualTo(inHours.toEpochMilli());
        assertThat(TestingKafka.records("pawline.callback.retry")).isEmpty();
    }

    @Test
    void theBrokersTimeCountsAndNotTheProducersWhichMayBeFast() {
        Instant fast = Instant.now().plus(Duration.ofMinutes(15));
        TestingKafka.send(List.of(waiting(fast, Instant.now(), 4)));

        start(Outcome.done(), Clock.offset(Clock.systemUTC(), Topics.LONG_RETRY_HOP.plusSeconds(5)));

        await().untilAsserted(() -> assertThat(attempts).containsExactly(4));
    }

    @Test
    void aStageWhoseClockIsBehindDoesNotGoRoundInCircles() throws Exception {
        TestingKafka.send(List.of(waiting(Instant.now(), Instant.now(), 4)));

        start(Outcome.done(), Clock.offset(Clock.systemUTC(), Duration.ofHours(-3)));

        await().during(Duration.ofSeconds(2)).until(attempts::isEmpty);
        assertThat(TestingKafka.records(LONG))
                .as("it is not written again and again")
                .hasSize(1);
    }

    @Test
    void triesWhenItsTimeHasComeAndReadsNoFurtherThanWhatIsDue() throws Exception {
        timesOfProducers();
        Instant written = Instant.now().minus(Topics.LONG_RETRY_HOP).minusSeconds(1);
        TestingKafka.send(List.of(
                waiting(written, Instant.now().plusSeconds(1), 4),
                waiting(written, Instant.now().plus(Duration.ofHours(2)), 5),
                waiting(Instant.now().minusSeconds(1), Instant.now(), 6),
                waiting(Instant.now(), Instant.now(), 7)));

        start(Outcome.done());

        await().until(() -> !attempts.isEmpty());
        assertThat(attempts).containsExactly(4);
        // The record due in hours goes round again; those written just now are not even looked at.
        List<ConsumerRecord<byte[], byte[]>> round = awaitRecords(LONG, 5);
        assertThat(header(round.getLast(), RecordHeaders.ATTEMPT)).isEqualTo("5");
        await().until(() -> TestingKafka.committed("pawline.callback", LONG) == 2);
        await().during(Duration.ofSeconds(1)).until(() -> attempts.size() == 1);
    }

    /** Makes the topic as an earlier version made it. Its records can be dated back. */
    private static void timesOfProducers() throws InterruptedException, ExecutionException {
        TestingKafka.delete(LONG);
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            admin.createTopics(List.of(new NewTopic(LONG, 1, (short) 1))).all().get();
        }
    }

    private static ProducerRecord<byte[], byte[]> waiting(Instant written, Instant notBefore, int attempt) {
        ProducerRecord<byte[], byte[]> record = record(LONG, written);
        record.headers().add(RecordHeaders.ATTEMPT, Integer.toString(attempt).getBytes(UTF_8));
        record.headers()
                .add(
                        RecordHeaders.NOT_BEFORE,
                        Long.toString(notBefore.toEpochMilli()).getBytes(UTF_8));
        return record;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Instant written) {
        TaskId id = TaskId.next();
        TaskFinished event = TaskFinished.newBuilder()
                .setContext(
                        TestingEvents.accepted(id, "oil", Duration.ofDays(1)).getContext())
                .setEnding(Ending.CANCELLED)
                .setFinishedAt(Instant.now())
                .build();
        return new ProducerRecord<>(
                topic,
                0,
                written.toEpochMilli(),
                id.toString().getBytes(UTF_8),
                TestingEvents.serializer().serialize(topic, event));
    }

    private void start(Outcome outcome) {
        start(outcome, Clock.systemUTC());
    }

    private void start(Outcome outcome, Clock clock) {
        RetryPolicy retry = new RetryPolicy(9, Duration.ofDays(1), Duration.ofMillis(50), Duration.ofMillis(200));
        stage = new StageRuntime<>(
                new StageSpec<>(
                        Stage.CALLBACK,
                        TaskFinished.class,
                        TaskFinished::getContext,
                        new StagePolicies(4, Duration.ofSeconds(5), Duration.ofMillis(10), 0.25, retry),
                        Optional.empty()),
                (in, attempt) -> {
                    attempts.add(attempt.number());
                    return outcome;
                },
                new KafkaClients(TestingKafka.connection(), "callback"),
                TestingEvents.format(),
                new SimpleMeterRegistry(),
                clock,
                new Random(1));
        stage.start();
    }
}
