package io.pawline.benchmarks;

import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.schemas.serde.AvroSerializer;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs ops-service as a process that can be killed, with the database, the Kafka and the registry of a local stack. */
final class OpsSite implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Properties settings = new Properties();
    private final Path folder;
    private final LocalStack stack;
    private final int port;
    private final int heapMegabytes;
    private final int compilers;
    private final Path temporary;
    private @Nullable Process service;
    private @Nullable Process replica;

    OpsSite(BenchmarkRow.Setting setting) throws IOException {
        this(setting, 512);
    }

    /** @param heapMegabytes of each process */
    OpsSite(BenchmarkRow.Setting setting, int heapMegabytes) throws IOException {
        this.folder = setting.folder();
        this.heapMegabytes = heapMegabytes;
        this.compilers = ChartProcess.compilers(setting.scale());
        this.temporary = Files.createDirectories(folder.resolve("temporary"));
        Ports ports = Ports.anyFree();
        port = ports.ops();
        stack = LocalStack.start(new LocalStack.Options(folder.resolve("stack"), ports, Optional.empty()), _ -> {});
        try (var file = Files.newInputStream(stack.settings())) {
            settings.load(file);
        }
    }

    /** Starts ops-service and returns when it answers. */
    void start() throws InterruptedException, IOException {
        Process started = launch("ops-service.log", port);
        service = started;
        await("ops-service answers", () -> {
            if (!started.isAlive()) {
                throw new IllegalStateException("ops-service did not start; its log is in " + folder);
            }
            return answers();
        });
    }

    /** Starts a second ops-service beside the first, which answers on another port. */
    void startReplica() throws IOException {
        replica = launch("replica.log", 0);
    }

    private Process launch(String log, int onPort) throws IOException {
        ProcessBuilder command = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heapMegabytes + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=" + compilers,
                        "-Djava.io.tmpdir=" + temporary.toAbsolutePath(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.pawline.ops.OpsApplication",
                        "--pawline.ops.port=" + onPort,
                        "--spring.config.additional-location=file:"
                                + stack.settings().toAbsolutePath()))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()));
        command.environment().put("MALLOC_ARENA_MAX", "2"); // as in the images, see the Dockerfile
        Process started = command.start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        return started;
    }

    /** The most resident memory that the process has had; 0 if the system does not say. */
    long peakMegabytes() {
        return service == null ? 0 : ChartProcess.megabytes(service.toHandle(), "VmHWM:");
    }

    /** The size of all temporary files of the processes. */
    long temporaryMegabytes() throws IOException {
        try (Stream<Path> files = Files.walk(temporary)) {
            return files.mapToLong(OpsSite::size).sum() >> 20;
        }
    }

    /** A file may go while the folder is looked at. */
    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    private boolean answers() {
        try {
            return send(HttpRequest.newBuilder(address("/v1/replays")).build()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Kills the process as {@code kill -9} does. */
    void kill() {
        if (service != null) {
            service.destroyForcibly().onExit().join();
        }
    }

    int port() {
        return port;
    }

    Path settingsFile() {
        return stack.settings();
    }

    Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", settings.getProperty("spring.kafka.bootstrap-servers"));
    }

    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> producer = new HashMap<>(kafka());
        producer.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        return new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer());
    }

    TaskDatabase database() {
        return TaskDatabase.open(
                new DatabaseProperties(
                        settings.getProperty("pawline.database.url"),
                        settings.getProperty("pawline.database.username"),
                        settings.getProperty("pawline.database.password"),
                        4,
                        true),
                List.of("ops"));
    }

    /** Serializes events as the stages do. */
    Serializer<SpecificRecord> events() {
        AvroSerializer serializer = new AvroSerializer();
        serializer.configure(
                Map.of("schema.registry.url", settings.getProperty("spring.kafka.properties.schema.registry.url")),
                false);
        return serializer;
    }

    JsonNode get(String path) {
        return ok(HttpRequest.newBuilder(address(path)).build());
    }

    JsonNode post(String path, String body) {
        return ok(HttpRequest.newBuilder(address(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private JsonNode ok(HttpRequest request) {
        try {
            HttpResponse<String> answer = send(request);
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(
                        request.uri() + " answers " + answer.statusCode() + " " + answer.body());
            }
            return JsonMapper.shared().readTree(answer.body());
        } catch (IOException failed) {
            throw new IllegalStateException(request.uri() + " does not answer", failed);
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Waits until the condition holds. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within " + PATIENCE.toMinutes() + " minutes: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /**
     * Asks for a report with its progress.
     *
     * @return how many times it said how far it is
     */
    int stream(String path) {
        try {
            return (int) http.send(HttpRequest.newBuilder(address(path)).build(), BodyHandlers.ofLines())
                    .body()
                    .filter("event: progress"::equals)
                    .count();
        } catch (IOException failed) {
            throw new IllegalStateException(path + " does not answer", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    @Override
    public void close() {
        kill();
        if (replica != null) {
            replica.destroyForcibly().onExit().join();
        }
        stack.close();
        http.close();
    }
}
