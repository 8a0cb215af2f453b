package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.TaskAccepted;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.KafkaClients;
import io.pawline.stage.RetryPolicy;
import io.pawline.stage.StagePolicies;
import io.pawline.stage.StageRuntime;
import io.pawline.stage.StageSpec;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingRecords;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Runs one stage whose handler answers at once, between a producer and a read_committed consumer, on a broker of its
 * own. It notes when each record was acknowledged and when its result could be read, by {@link System#nanoTime}.
 */
final class StageUnderLoad implements AutoCloseable {

    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    final Map<String, Long> readable = new ConcurrentHashMap<>();
    private final EmbeddedKafka broker;
    private final Map<String, Object> connection;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> results;
    private int duplicates;

    StageUnderLoad(Path folder, int partitions) throws InterruptedException, ExecutionException {
        broker = EmbeddedKafka.start(folder, 0, Map.of());
        connection = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (Admin admin = Admin.create(connection)) {
            admin.createTopics(Topics.all(partitions, (short) 1)).all().get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        results = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var all = IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(Stage.GENERATE.workTopic(), number))
                .toList();
        results.assign(all);
        results.seekToBeginning(all);
    }

    /** Starts the stage, with the default limits of a service. */
    StageRuntime<TaskAccepted> start() {
        RetryPolicy retry = new RetryPolicy(6, Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofSeconds(60));
        StageRuntime<TaskAccepted> stage = new StageRuntime<>(
                new StageSpec<>(
                        Stage.DETECT,
                        TaskAccepted.class,
                        TaskAccepted::getContext,
                        new StagePolicies(64, Duration.ofSeconds(75), Duration.ofMillis(10), 0.25, retry),
                        Optional.empty()),
                (task, _) -> TestingRecords.described(task),
                new KafkaClients(connection, "bench"),
                TestingEvents.format(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                new Random(1));
        stage.start();
        return stage;
    }

    /** Sends one new task and does not wait for its acknowledgement. */
    void send() {
        TaskId id = TaskId.next();
        var _ = producer.send(TestingRecords.task(id, "oil", Duration.ofDays(1)), (_, failure) -> {
            if (failure == null) {
                acknowledged.put(id.toString(), System.nanoTime());
            }
        });
    }

    void flush() {
        producer.flush();
    }

    /** Reads the results that can be read now. */
    void read() {
        results.poll(Duration.ofMillis(20)).forEach(result -> {
            if (readable.put(new String(result.key(), UTF_8), System.nanoTime()) != null) {
                duplicates++;
            }
        });
    }

    /**
     * Reads until there are this many results.
     *
     * @throws IllegalStateException if no more come
     */
    void readUntil(int count) {
        long last = System.nanoTime();
        while (readable.size() < count) {
            int before = readable.size();
            read();
            if (readable.size() > before) {
                last = System.nanoTime();
            } else if (System.nanoTime() - last > STANDSTILL.toNanos()) {
                throw new IllegalStateException("%d of %d results came".formatted(before, count));
            }
        }
    }

    int duplicates() {
        return duplicates;
    }

    @Override
    public void close() {
        results.close();
        producer.close(Duration.ZERO);
        broker.close();
    }
}
