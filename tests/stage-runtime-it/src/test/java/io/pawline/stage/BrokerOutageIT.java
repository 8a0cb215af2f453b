package io.pawline.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingStage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Has a broker of its own, since the broker goes away. */
class BrokerOutageIT {

    /** The outages are shorter than every time-out of a transaction, and longer; these are 10 s. */
    @ParameterizedTest
    @ValueSource(ints = {0, 15})
    @SuppressWarnings("try") // The stage has to stop before its second broker does.
    void goesOnByItselfWhenTheBrokerIsBackAndRepeatsNoCall(int outageSeconds, @TempDir Path folder) throws Exception {
        Semaphore called = new Semaphore(0);
        Semaphore answers = new Semaphore(1);
        AtomicInteger calls = new AtomicInteger();
        EmbeddedKafka before = EmbeddedKafka.start(folder, 0, Map.of());
        int port = Integer.parseInt(before.bootstrapServers().split(":", 2)[1]);
        Map<String, Object> connection = Map.of("bootstrap.servers", before.bootstrapServers());
        createTopics(connection);
        try (StageRuntime<TaskAccepted> stage = stage(connection, (in, attempt) -> {
            calls.incrementAndGet();
            called.release();
            answers.acquire();
            return Outcome.done(
                    Stage.GENERATE,
                    PetDescribed.newBuilder()
                            .setContext(in.getContext())
                            .setDescription("a cat")
                            .build());
        })) {
            stage.start();
            // The first task warms the producer up: only then is a transaction begun that the outage cuts in two.
            send(connection);
            awaitResults(connection, 1);
            send(connection);
            called.acquire(2);
            before.close();
            answers.release(2);
            TimeUnit.SECONDS.sleep(outageSeconds);

            try (EmbeddedKafka after = EmbeddedKafka.start(folder, port, Map.of())) {
                assertThat(after.bootstrapServers()).isEqualTo(before.bootstrapServers());
                awaitResults(connection, 2);
                assertThat(calls).hasValue(2);
                send(connection);
                awaitResults(connection, 3);
                assertThat(calls).hasValue(3);
                assertThat(stage.alive()).isTrue();
                stage.close();
            }
        }
    }

    @Test
    void stopsThoughTheBrokerIsGone(@TempDir Path folder) throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        EmbeddedKafka broker = EmbeddedKafka.start(folder, 0, Map.of());
        Map<String, Object> connection = Map.of("bootstrap.servers", broker.bootstrapServers());
        createTopics(connection);
        send(connection);
        StageRuntime<TaskAccepted> stage = stage(connection, (in, attempt) -> {
            called.countDown();
            answered.await();
            return Outcome.done();
        });
        stage.start();
        called.await();
        broker.close();
        answered.countDown();

        stage.close();

        assertThat(stage.alive()).isFalse();
    }

    private static StageRuntime<TaskAccepted> stage(Map<String, Object> connection, Handler<TaskAccepted> handler) {
        return TestingStage.on(connection)
                .instance("outage")
                .drain(Duration.ofSeconds(2))
                .runtime(handler);
    }

    private static void send(Map<String, Object> connection) throws Exception {
        TaskId id = TaskId.next();
        byte[] value = TestingEvents.serializer()
                .serialize("pawline.detect", TestingEvents.accepted(id, "oil", Duration.ofDays(1)));
        try (var producer = new KafkaProducer<>(connection, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("pawline.detect", id.toString().getBytes(UTF_8), value))
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private static void createTopics(Map<String, Object> connection) throws Exception {
        try (Admin admin = Admin.create(connection)) {
            admin.createTopics(Topics.all(1, (short) 1)).all().get(30, TimeUnit.SECONDS);
        }
    }

    /** Waits until the next topic has exactly so many results. */
    private static void awaitResults(Map<String, Object> connection, int count) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put("isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition next = new TopicPartition("pawline.generate", 0);
            consumer.assign(List.of(next));
            consumer.seekToBeginning(List.of(next));
            AtomicInteger seen = new AtomicInteger();
            await().atMost(Duration.ofMinutes(2))
                    .until(() ->
                            seen.addAndGet(consumer.poll(Duration.ofMillis(100)).count()) == count);
        }
    }
}
