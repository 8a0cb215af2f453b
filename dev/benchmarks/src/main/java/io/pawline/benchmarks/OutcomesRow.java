package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.PatientHttp;
import io.pawline.local.Ports;
import io.pawline.schemas.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures how long the success of a task takes to be visible over HTTP while its receiver answers 500: from the
 * timestamp of its final state in Kafka to the answer of {@code GET /v1/tasks/{id}} that says so.
 */
final class OutcomesRow {

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LONGEST_MS = 1_000;
    private static final int FAILED = 500;
    private static final int PER_SECOND = 10;

    private OutcomesRow() {}

    /**
     * Holds what was visible.
     *
     * @param success tasks of which an answer said {@code success}
     * @param inTime those of which it said so within 1 s
     * @param callbacksRefused requests that the receiver answered with 500 by the end
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(int tasks, int perSecond, int success, int inTime, long p50Ms, long maxMs, int callbacksRefused) {}

    static BenchmarkRow.Findings outcomes(BenchmarkRow.Setting setting) throws Exception {
        // More than the limit of a failing receiver lets through, so that few of them have their turn
        int tasks = setting.scale().of(150, 40);
        Path folder = setting.folder();
        Ports ports = Ports.anyFree();
        URI ingest = URI.create("http://127.0.0.1:" + ports.ingest());
        AtomicInteger refused = new AtomicInteger();
        HttpServer receiver = receiver(refused);
        try (LocalStack stack =
                        LocalStack.start(new LocalStack.Options(folder, ports, Optional.of("instant")), _ -> {});
                LocalServices _ =
                        LocalServices.startPipeline(stack.settings(), Optional.of(settings(folder)), (_, _) -> {});
                FrontEndServer frontEnd = new FrontEndServer(LocalStack.WEBHOOK_SECRET, SamplePhoto.jpeg());
                FinalStates finalStates = new FinalStates(ReceiverRow.properties(stack))) {
            Run warmUp = new Run(tasks);
            frontEnd.expect(warmUp);
            new Submitter(ingest, frontEnd.photoUrl(), frontEnd.callbackUrl()).postAtOnce(warmUp);
            warmUp.await();
            setting.journal().step("  warm; the receiver answers 500 from now on");
            URI failing = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
            Run run = new Run(tasks);
            long[] millis;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<?> posting = threads.submit(() -> {
                    new Submitter(ingest, frontEnd.photoUrl(), failing).postPaced(run, PER_SECOND);
                    return null;
                });
                millis = finalStates.visible(ingest, tasks, warmUp.submitted());
                posting.get();
            }
            Figures figures = new Figures(
                    tasks,
                    PER_SECOND,
                    millis.length,
                    (int) Arrays.stream(millis)
                            .filter(took -> took <= LONGEST_MS)
                            .count(),
                    millis.length == 0 ? 0 : millis[(millis.length - 1) / 2],
                    millis.length == 0 ? 0 : millis[millis.length - 1],
                    refused.get());
            List<String> wrong = figures.success() == tasks
                    ? List.of()
                    : List.of(
                            "%d of %d tasks are not visible as a success".formatted(tasks - figures.success(), tasks));
            return new BenchmarkRow.Findings(summary(figures), figures, figures.inTime() == tasks, wrong);
        } finally {
            receiver.stop(0);
        }
    }

    private static String summary(Figures figures) {
        return String.format(
                Locale.ROOT,
                "%d of %d tasks say success, %d of them within 1 s; p50 %d ms, at most %d ms; %d callbacks refused",
                figures.success(),
                figures.tasks(),
                figures.inTime(),
                figures.p50Ms(),
                figures.maxMs(),
                figures.callbacksRefused());
    }

    private static Path settings(Path folder) throws IOException {
        return Files.writeString(folder.resolve("bench.properties"), """
                pawline.generate.model=doubao-seedream-3-0-t2i-250415
                pawline.generate.size=512x512
                pawline.ingest.collapse-window=0s
                pawline.callback.stage.drain=1s
                """);
    }

    private static HttpServer receiver(AtomicInteger refused) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            refused.incrementAndGet();
            exchange.sendResponseHeaders(FAILED, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Reads the committed final states from Kafka, from its start on. For one thread. */
    private static final class FinalStates implements AutoCloseable {

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final OkHttpClient http = PatientHttp.client(PATIENCE).build();

        FinalStates(Properties settings) {
            consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers",
                            settings.getProperty("spring.kafka.bootstrap-servers"),
                            "isolation.level",
                            "read_committed"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            List<TopicPartition> partitions = consumer.partitionsFor(Stage.CALLBACK.workTopic()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }

        /**
         * Asks for each task from the moment on at which its final state can be read.
         *
         * @param tasks how many to wait for
         * @param earlier tasks that are left out
         * @return how long the success of each took to be visible, the shortest first; without those that were not
         */
        long[] visible(URI ingest, int tasks, Set<String> earlier) throws Exception {
            Map<String, Future<OptionalLong>> asking = new HashMap<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                long last = System.nanoTime();
                while (asking.size() < tasks && System.nanoTime() - last < PATIENCE.toNanos()) {
                    int before = asking.size();
                    for (ConsumerRecord<byte[], byte[]> state : consumer.poll(Duration.ofMillis(10))) {
                        String id = new String(state.key(), UTF_8);
                        if (!earlier.contains(id)) {
                            asking.computeIfAbsent(
                                    id, _ -> threads.submit(() -> millis(ingest.resolve("/v1/tasks/" + id), state)));
                        }
                    }
                    if (asking.size() > before) {
                        last = System.nanoTime();
                    }
                }
                long[] found = new long[asking.size()];
                int count = 0;
                for (Future<OptionalLong> each : asking.values()) {
                    OptionalLong took = each.get();
                    if (took.isPresent()) {
                        found[count++] = took.getAsLong();
                    }
                }
                return Arrays.stream(found, 0, count).sorted().toArray();
            }
        }

        private OptionalLong millis(URI task, ConsumerRecord<byte[], byte[]> record)
                throws IOException, InterruptedException {
            Request request = new Request.Builder().url(task.toString()).build();
            while (true) {
                try (Response answer = http.newCall(request).execute()) {
                    String state = JsonMapper.shared()
                            .readTree(answer.body().string())
                            .path("state")
                            .asString("");
                    long took = CLOCK.millis() - record.timestamp();
                    if (state.equals("success")) {
                        return OptionalLong.of(Math.max(0, took));
                    }
                    if (took > PATIENCE.toMillis()) {
                        return OptionalLong.empty();
                    }
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
