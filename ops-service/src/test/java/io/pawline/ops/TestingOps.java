package io.pawline.ops;

import static org.awaitility.Awaitility.await;

import io.pawline.events.CallAttempt;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.Contract;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingSerde;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the whole ops-service on a port of its own, with a real Kafka and a real PostgreSQL. It checks every exchange
 * against the {@link Contract}.
 */
public final class TestingOps implements AutoCloseable {

    static final Contract CONTRACT = new Contract("/ops-openapi.yaml");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final TestingSerde.ToBytes EVENTS = new TestingSerde.ToBytes();

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ConfigurableApplicationContext service;
    private final HttpClient http;
    private final Optional<String> key;

    public TestingOps(DatabaseProperties database, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--pawline.ops.port=0",
                "--pawline.ops.open-access=true",
                // However full the disk of this machine is
                "--pawline.ops.alerts.kafka-disk-percent=100",
                "--pawline.database.url=" + database.url(),
                "--pawline.database.username=" + database.username(),
                "--pawline.database.password=" + database.password(),
                "--spring.kafka.bootstrap-servers=" + TestingKafka.connection().get("bootstrap.servers"),
                "--spring.kafka.producer.value-serializer=" + TestingSerde.ToBytes.class.getName(),
                "--spring.kafka.consumer.value-deserializer=" + TestingSerde.FromBytes.class.getName()));
        for (String setting : settings) {
            String name = setting.substring(0, setting.indexOf('=') + 1);
            arguments.removeIf(argument -> argument.startsWith(name));
            arguments.add(setting);
        }
        service = OpsApplication.application().run(arguments.toArray(String[]::new));
        http = HttpClient.newHttpClient();
        key = Optional.empty();
    }

    /** Publishes what became of calls. */
    public static void record(List<CallAttempt> calls) {
        TestingKafka.send(calls.stream()
                .map(call -> new ProducerRecord<>(
                        Topics.ATTEMPTS, call.getContext().getTaskId().getBytes(StandardCharsets.UTF_8), bytes(call)))
                .toList());
    }

    /** Lets a new task fail for this reason. Its dead letter is not sent. */
    public Submission failedTask(Reason reason) {
        Submission task = TestingTasks.submission();
        TaskDao tasks = bean(TaskDao.class);
        tasks.accept(task);
        tasks.close(task.id(), 1, TestingTasks.failure(reason));
        return task;
    }

    /** Waits until the dead letter of this task is in the index, and gives its number. */
    public long deadLetterOf(Submission task) {
        return await().atMost(PATIENCE)
                .until(
                        () -> get("/v1/dead-letters?state=any&task_id=" + task.id())
                                .json()
                                .at("/dead_letters/0/id")
                                .asLong(0),
                        id -> id > 0);
    }

    private TestingOps(TestingOps other, Optional<String> key) {
        this.service = other.service;
        this.http = other.http;
        this.key = key;
    }

    /** Shows the same service to somebody with this key. It must not be closed. */
    public TestingOps as(String key) {
        return new TestingOps(this, Optional.of(key));
    }

    /** Creates a key of this tenant. */
    public String newKey(String tenant, String name, Scope... scopes) {
        return new ApiKeys(bean(TaskDatabase.class))
                .create(new ApiKeys.Terms(tenant, name, Set.of(scopes), null, null), Instant.now())
                .secret();
    }

    public int port() {
        return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
    }

    <T> T bean(String name, Class<T> type) {
        return service.getBean(name, type);
    }

    public <T> T bean(Class<T> type) {
        return service.getBean(type);
    }

    /** An answer of the service. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Answer(int status, String contentType, byte[] bytes) {
        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            return JSON.readTree(bytes);
        }
    }

    public Answer get(String path) {
        return send(request(path).build(), new byte[0]);
    }

    public Answer post(String path, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                body);
    }

    Answer call(String method, String path) {
        return send(request(path).method(method, BodyPublishers.noBody()).build(), new byte[0]);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
        key.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        return request;
    }

    private Answer send(HttpRequest request, byte[] body) {
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            CONTRACT.check(request, body, response);
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse("none"),
                    response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Makes the context that every event of this task carries. */
    public static TaskContext context(Submission task, int generation) {
        return TaskContext.newBuilder()
                .setTaskId(task.id().toString())
                .setTenant(task.tenant())
                .setStyle(task.style())
                .setSubmittedAt(task.submittedAt())
                .setDeadline(task.deadline())
                .setCallbackUrl(task.callbackUrl().map(Object::toString).orElse(null))
                .setGeneration(generation)
                .build();
    }

    public static PetDescribed described(Submission task, int generation) {
        return new PetDescribed(context(task, generation), "a cat", null);
    }

    public static TaskAccepted accepted(Submission task) {
        return TaskAccepted.newBuilder()
                .setContext(context(task, 1))
                .setPhoto(ImageRef.newBuilder()
                        .setUrl("https://photos.example/cat.jpg")
                        .build())
                .build();
    }

    /** Encodes an event as this service's deserializer reads it. */
    public static byte[] bytes(SpecificRecord event) {
        return EVENTS.serialize("", event);
    }

    /** Makes a dead letter as a stage writes it. */
    public static ProducerRecord<byte[], byte[]> deadLetter(
            Stage stage, Submission task, byte[] value, Reason reason, String detail) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(stage.deadLetterTopic(), text(task.id().toString()), value);
        record.headers()
                .add("pawline-attempt", text("3"))
                .add("pawline-failures", text("provider=3"))
                .add("pawline-reason", text(reason.code()))
                .add("pawline-detail", text(detail))
                .add(
                        "pawline-first-failed-at",
                        text(Long.toString(
                                Instant.EPOCH.plusSeconds(1_795_000_000).toEpochMilli())))
                .add("kafka_dlt-original-topic", text(stage.workTopic()))
                .add(
                        "kafka_dlt-original-timestamp",
                        ByteBuffer.allocate(8).putLong(1_795_000_000_000L).array())
                .add("kafka_dlt-exception-message", text(reason.code() + ": " + detail));
        return record;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        service.close();
        http.close();
    }
}
