package io.pawline.stage;

import static io.pawline.testkit.TestingRecords.awaitRecords;
import static io.pawline.testkit.TestingRecords.described;
import static io.pawline.testkit.TestingRecords.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.AvroDeserializer;
import io.pawline.schemas.serde.AvroSerializer;
import io.pawline.service.EventFormat;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Gives the stage a schema registry that forgets. */
class UnknownSchemaIT {

    private static final int FOREIGN = 4_711;

    /** A record whose schema is unknown is asked about for longer. */
    private static final int ATTEMPTS = 1;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger calls = new AtomicInteger();

    /** Holds the schemas as JSON texts, by their ids. */
    private final Map<Integer, String> schemas = new ConcurrentHashMap<>();

    /** Counts the answers that a schema is not known. */
    private final AtomicInteger refusals = new AtomicInteger();

    /** The registry learns the foreign schema when it has been asked for one so often. */
    private volatile int learnsAfter = Integer.MAX_VALUE;

    private volatile boolean forgetful;
    private HttpServer registry;
    private StageRuntime<TaskAccepted> stage;

    @BeforeEach
    void freshTopics() throws InterruptedException, IOException {
        TestingKafka.freshTopics(2);
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", this::answer);
        registry.start();
        stage = stage(Duration.ofSeconds(5));
    }

    /** @param maxTime for which a record with an unknown schema is asked about */
    private StageRuntime<TaskAccepted> stage(Duration maxTime) {
        return TestingStage.on(TestingKafka.connection())
                .retry(new RetryPolicy(ATTEMPTS, maxTime, Duration.ofMillis(50), Duration.ofMillis(200)))
                .meters(meters)
                .format(format())
                .runtime((in, attempt) -> {
                    calls.incrementAndGet();
                    return described(in);
                });
    }

    @AfterEach
    void stop() {
        stage.close();
        registry.stop(0);
    }

    @Test
    void aRegistryThatForgetsHoldsTheStageAndMakesNoDeadLetters() {
        TestingKafka.send(tasks(300));
        forgetful = true;

        stage.start();

        await().until(() -> meters.get("pawline.stage.schemas.unknown").gauge().value() == 1);
        // For longer than a record is asked about when others can be read
        await().during(Duration.ofSeconds(6)).untilAsserted(() -> {
            assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
            assertThat(TestingKafka.records("pawline.callback")).isEmpty();
        });
        assertThat(calls).hasValue(0);
        assertThat(TestingKafka.records("pawline.detect.retry"))
                .as("most wait where they are")
                .hasSizeLessThan(200);
        forgetful = false;

        awaitRecords("pawline.generate", 300);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
        assertThat(calls).hasValue(300);
        assertThat(meters.get("pawline.stage.schemas.unknown").gauge().value()).isZero();
    }

    @Test
    void aForeignRecordIsAskedForAWhileAndHoldsUpNoOther() {
        byte[] foreign = ByteBuffer.allocate(50).put((byte) 0).putInt(FOREIGN).array();
        TestingKafka.send(Stream.concat(
                        Stream.of(new ProducerRecord<>(
                                "pawline.detect", TaskId.next().toString().getBytes(UTF_8), foreign)),
                        tasks(50).stream())
                .toList());

        stage.start();

        awaitRecords("pawline.generate", 50);
        ConsumerRecord<byte[], byte[]> deadLetter =
                awaitRecords("pawline.detect.dlt", 1).getFirst();
        assertThat(deadLetter.value()).isEqualTo(foreign);
        assertThat(header(deadLetter, RecordHeaders.REASON)).isEqualTo("undecodable");
        assertThat(Integer.parseInt(header(deadLetter, RecordHeaders.ATTEMPT))).isGreaterThan(ATTEMPTS);
    }

    @Test
    void aSchemaThatTheRegistryLearnsLateCostsNoTask() {
        stage.close();
        stage = stage(Duration.ofMinutes(5));
        learnsAfter = 2;
        List<ProducerRecord<byte[], byte[]>> tasks = tasks(1);
        ByteBuffer.wrap(tasks.getFirst().value()).putInt(1, FOREIGN);
        TestingKafka.send(tasks);

        stage.start();

        awaitRecords("pawline.generate", 1);
        assertThat(refusals).hasValue(2);
        assertThat(TestingKafka.records("pawline.detect.retry")).hasSize(2);
        assertThat(TestingKafka.records("pawline.detect.dlt")).isEmpty();
    }

    private List<ProducerRecord<byte[], byte[]>> tasks(int count) {
        EventFormat format = format();
        return Stream.generate(TaskId::next)
                .limit(count)
                .map(id -> new ProducerRecord<>(
                        "pawline.detect",
                        id.toString().getBytes(UTF_8),
                        format.serializer()
                                .serialize("pawline.detect", TestingEvents.accepted(id, "oil", Duration.ofHours(1)))))
                .toList();
    }

    private EventFormat format() {
        Map<String, Object> settings = Map.of(
                "schema.registry.url",
                "http://127.0.0.1:" + registry.getAddress().getPort());
        AvroSerializer serializer = new AvroSerializer();
        serializer.configure(settings, false);
        return new EventFormat(serializer, type -> {
            AvroDeserializer deserializer = new AvroDeserializer();
            deserializer.configure(settings, false);
            return deserializer;
        });
    }

    /** Answers as Confluent's registry does, for the two requests that are made here. */
    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("POST")) {
            String schema = new JsonMapper()
                    .readTree(exchange.getRequestBody())
                    .path("schema")
                    .asString();
            int id = schemas.size() + 1;
            schemas.putIfAbsent(id, schema);
            send(exchange, 200, Map.of("id", id));
            return;
        }
        String schema = schemas.get(Integer.valueOf(path.substring(path.lastIndexOf('/') + 1)));
        if (forgetful || schema == null) {
            if (refusals.incrementAndGet() == learnsAfter) {
                schemas.put(FOREIGN, TaskAccepted.getClassSchema().toString());
            }
            send(exchange, 404, Map.of("error_code", 40403, "message", "Schema not found"));
        } else {
            send(exchange, 200, Map.of("schema", schema));
        }
    }

    private static void send(HttpExchange exchange, int status, Map<String, Object> body) throws IOException {
        byte[] bytes = new JsonMapper().writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
