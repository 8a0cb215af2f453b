package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.Ending;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs many receivers behind one stage, one of which does not answer. */
class ReceiverQueuesIT {

    /** There are more than is read ahead, so that the others stand behind them in Kafka. */
    private static final int HANGING = 3_000;

    private static final int GOOD = 50;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Map<String, Integer> attemptOf = new ConcurrentHashMap<>();
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
    void aReceiverThatHangsHoldsUpNoOtherHoweverManyRecordsWaitForIt() {
        CountDownLatch end = new CountDownLatch(1);
        send("https://hangs.example", HANGING);
        send("https://good.example", GOOD);

        start((in, attempt) -> attempt.call(() -> {
            TaskContext context = in.getContext();
            if (context.getCallbackUrl().orElse("").contains("hangs")) {
                end.await();
            }
            attemptOf.merge(context.getTaskId(), attempt.number(), Integer::sum);
            return new OutsideCall.Answer<>(Outcome.done(), CallReport.succeeded(200, Optional.empty()));
        }));

        await().atMost(LONGEST).until(() -> attemptOf.size() == GOOD);
        end.countDown();
        await().atMost(LONGEST).until(() -> attemptOf.size() == GOOD + HANGING);
        // Each call was made once, and having to wait was no failure.
        assertThat(attemptOf.values()).containsOnly(1);
        assertThat(awaitRecords("pawline.callback.retry", 1))
                .allSatisfy(record -> assertThat(record.headers().lastHeader(RecordHeaders.ATTEMPT))
                        .isNull());
    }

    private static void send(String receiver, int count) {
        TestingKafka.send(
                IntStream.range(0, count).mapToObj(_ -> record(receiver)).toList());
    }

    private static ProducerRecord<byte[], byte[]> record(String receiver) {
        TaskId id = TaskId.next();
        TaskContext context = TaskContext.newBuilder(
                        TestingEvents.accepted(id, "oil", Duration.ofDays(1)).getContext())
                .setCallbackUrl(receiver + "/hook/" + id)
                .build();
        TaskFinished event = TaskFinished.newBuilder()
                .setContext(context)
                .setEnding(Ending.CANCELLED)
                .setFinishedAt(Instant.now())
                .build();
        String topic = Stage.CALLBACK.workTopic();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, id.toString().getBytes(UTF_8), TestingEvents.serializer().serialize(topic, event));
        Routing.put(record.headers(), Stage.CALLBACK, context);
        return record;
    }

    private void start(Handler<TaskFinished> handler) {
        RetryPolicy retry = new RetryPolicy(9, Duration.ofDays(1), Duration.ofMillis(50), Duration.ofMillis(200));
        stage = new StageRuntime<>(
                new StageSpec<>(
                        Stage.CALLBACK,
                        TaskFinished.class,
                        TaskFinished::getContext,
                        new StagePolicies(64, Duration.ofSeconds(5), Duration.ofMillis(10), 0.25, retry),
                        Optional.of(new ProviderPolicies("receiver", true, Optional.empty(), 0, 0)),
                        true),
                handler,
                new KafkaClients(TestingKafka.connection(), "lanes"),
                TestingEvents.format(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                new Random(1));
        stage.start();
    }
}
