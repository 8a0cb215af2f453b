package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.serde.AvroSerializer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs generate-services, a process each, on a local stack whose simulated provider has so many places. It gives them work
 * without the stages before, and reads their results. For one thread.
 */
final class GenerateFleet implements AutoCloseable {

    private static final int PARTITIONS = 12;
    private static final int HEAP_MEGABYTES = 128;
    private static final int HEAP_OF_OTHERS_MEGABYTES = 384;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration STANDSTILL = Duration.ofSeconds(150);
    private static final Pattern LIMIT = Pattern.compile("(?m)^pawline_stage_fleet_limit\\{[^}]*} ([0-9]+)");

    private final Path folder;
    private final int compilers;
    private final List<String> settings;
    private final LocalStack stack;
    private final URI simulator;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final AvroSerializer events = new AvroSerializer();
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> results;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Set<String> sent = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private int doubled;
    private int started;
    private long resetAt;

    private record Member(ChartProcess process, int port) {}

    /**
     * Says what the provider has counted since it was told to forget.
     *
     * @param most calls that were in it at once
     * @param mean number of calls that were in it
     * @param taken mean number of its places that were taken
     * @param inFlight calls that are in it now
     * @param billed calls that are to be paid
     * @param paidAgain those of them that repeat an attempt, as after a crash
     */
    record Counted(int most, double mean, double taken, int inFlight, long billed, long paidAgain) {}

    /**
     * Starts what the processes need, and none of them.
     *
     * @param call the median time of a call
     * @param settings of all processes
     */
    GenerateFleet(BenchmarkRow.Setting setting, int places, Duration call, List<String> settings)
            throws IOException, InterruptedException, ExecutionException {
        this.folder = setting.folder();
        this.compilers = ChartProcess.compilers(setting.scale());
        Path profile = Files.writeString(
                folder.resolve("fleet.yaml"),
                "{seed: 1, drawings: 1, text-to-image: {latency: {median: %dms, spread: 0.3}, capacity: %d}}"
                        .formatted(call.toMillis(), places));
        Ports ports = Ports.anyFree();
        stack = LocalStack.start(
                new LocalStack.Options(folder.resolve("stack"), ports, Optional.of(profile.toString())), _ -> {});
        simulator = URI.create("http://127.0.0.1:" + ports.simulator());
        this.settings = new ArrayList<>(settings);
        this.settings.addAll(List.of(
                "--spring.config.additional-location=file:" + stack.settings().toAbsolutePath(),
                "--pawline.memory.share=0.5",
                "--pawline.generate.model=doubao-seedream-3-0-t2i-250415",
                "--pawline.generate.size=512x512"));
        Properties local = new Properties();
        try (var file = Files.newInputStream(stack.settings())) {
            local.load(file);
        }
        Map<String, Object> kafka = Map.of(
                "bootstrap.servers",
                local.getProperty("spring.kafka.bootstrap-servers"),
                "isolation.level",
                "read_committed");
        try (Admin admin = Admin.create(kafka)) {
            // Every process has some
            admin.createPartitions(Map.of(
                            Stage.GENERATE.workTopic(), NewPartitions.increaseTo(PARTITIONS),
                            Stage.GENERATE.retryTopic(), NewPartitions.increaseTo(PARTITIONS)))
                    .all()
                    .get();
        }
        events.configure(
                Map.of("schema.registry.url", local.getProperty("spring.kafka.properties.schema.registry.url")), false);
        producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
        results = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = results.partitionsFor(Stage.MATTING.workTopic()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        results.assign(partitions);
        results.seekToBeginning(partitions);
        resetAt = System.nanoTime();
    }

    /** Starts one more generate-service and returns at once. */
    void start(String name) throws IOException {
        launch(name, "generate", HEAP_MEGABYTES);
    }

    /** Starts another service and returns at once. */
    void startOther(String service) throws IOException {
        launch(service, service, HEAP_OF_OTHERS_MEGABYTES);
    }

    private void launch(String name, String service, int heapMegabytes) throws IOException {
        int port = Ports.anyFree().ingest();
        List<String> own = new ArrayList<>(settings);
        own.add("--pawline.instance-id=" + name);
        own.add("--pawline.%s.port=%d".formatted(service, port));
        Path logs = Files.createDirectories(folder.resolve("logs-" + started++));
        members.put(name, new Member(new ChartProcess(service, heapMegabytes, compilers, logs, own), port));
    }

    /** The limit of the fleet as this process has heard last; "unknown" if it does not say. */
    String limit(String name) throws IOException, InterruptedException {
        URI metrics = URI.create(
                "http://127.0.0.1:%d/actuator/prometheus".formatted(member(name).port()));
        HttpRequest request =
                HttpRequest.newBuilder(metrics).timeout(Duration.ofSeconds(5)).build();
        Matcher limit =
                LIMIT.matcher(http.send(request, BodyHandlers.ofString()).body());
        return limit.find() ? limit.group(1) : "unknown";
    }

    /** Waits until these processes take work. */
    void awaitReady(String... names) throws InterruptedException {
        for (String name : names) {
            URI health = URI.create("http://127.0.0.1:%d/actuator/health/readiness"
                    .formatted(member(name).port()));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!isReady(health)) {
                if (!member(name).process().alive() || System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException(name + " did not start; its log is in " + folder);
                }
                rest(Duration.ofMillis(500), 0);
            }
        }
    }

    private boolean isReady(URI health) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(health)
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    ChartProcess process(String name) {
        return member(name).process();
    }

    private Member member(String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    /** Lets time pass, in which so many tasks are open. */
    void rest(Duration time, int open) {
        long until = System.nanoTime() + time.toNanos();
        do {
            while (sent.size() - done.size() < open) {
                send();
            }
            read();
        } while (System.nanoTime() - until < 0);
    }

    private void send() {
        TaskId id = TaskId.next();
        Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS);
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(id.toString())
                .setTenant("bench")
                .setStyle("watercolor")
                .setSubmittedAt(now)
                .setDeadline(now.plus(Duration.ofHours(2)))
                .setGeneration(1)
                .build();
        PetDescribed event = PetDescribed.newBuilder()
                .setContext(context)
                .setDescription("a cat, " + id)
                .build();
        String topic = Stage.GENERATE.workTopic();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, id.toString().getBytes(UTF_8), events.serialize(topic, event));
        Routing.put(record.headers(), Stage.GENERATE, context, event);
        // A task that does not arrive counts as lost
        var _ = producer.send(record);
        sent.add(id.toString());
    }

    private void read() {
        results.poll(POLL).forEach(result -> {
            if (!done.add(new String(result.key(), UTF_8))) {
                doubled++;
            }
        });
    }

    /** Waits until all tasks are done, or none has been for long. */
    void finish() {
        long last = System.nanoTime();
        while (done.size() < sent.size() && System.nanoTime() - last < STANDSTILL.toNanos()) {
            int before = done.size();
            read();
            if (done.size() > before) {
                last = System.nanoTime();
            }
        }
    }

    int sent() {
        return sent.size();
    }

    int done() {
        return done.size();
    }

    /** The tasks without a result. */
    int lost() {
        Set<String> missing = new HashSet<>(sent);
        missing.removeAll(done);
        return missing.size();
    }

    /** The results beyond the first of each task. */
    int doubled() {
        return doubled;
    }

    /** Has the provider forget what it has counted. */
    void forget() throws IOException, InterruptedException {
        ask(HttpRequest.newBuilder(simulator.resolve("/stats/reset")).POST(BodyPublishers.noBody()));
        resetAt = System.nanoTime();
    }

    /** What the provider has counted since {@link #forget}. */
    Counted counted() throws IOException, InterruptedException {
        JsonNode stats =
                ask(HttpRequest.newBuilder(simulator.resolve("/stats"))).at("/providers/text-to-image");
        double millis = Duration.ofNanos(System.nanoTime() - resetAt).toMillis();
        return new Counted(
                stats.path("max_in_flight").intValue(),
                stats.path("in_flight_ms").doubleValue() / millis,
                stats.path("worked_ms").doubleValue() / millis,
                stats.path("in_flight").intValue(),
                stats.path("billed").longValue(),
                stats.path("duplicates_billed").longValue());
    }

    private JsonNode ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return JsonMapper.shared()
                .readTree(http.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString())
                        .body());
    }

    @Override
    public void close() {
        members.values().forEach(member -> member.process().close());
        results.close();
        producer.close(Duration.ZERO);
        events.close();
        http.close();
        stack.close();
    }
}
