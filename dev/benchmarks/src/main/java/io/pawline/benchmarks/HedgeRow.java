package io.pawline.benchmarks;

import io.pawline.events.TaskAccepted;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkAnswer;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.simulator.Profile;
import io.pawline.simulator.ProviderSimulator;
import io.pawline.simulator.SimulatorOptions;
import io.pawline.stage.Attempt;
import io.pawline.stage.CallWork;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.StageRuntime;
import io.pawline.testkit.TestingRecords;
import io.pawline.testkit.TestingStage;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Measures the slowest detections while the vision model lets 2 % of its calls hang: without hedges and with them, in
 * turn. The stage runtime, its ledger and the HTTP calls are real; the vision model is the simulator's.
 */
final class HedgeRow {

    private static final double SHARE = 0.02;
    private static final int PER_SECOND = 60;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STANDSTILL = Duration.ofMinutes(2);
    private static final double TIMES = 2;

    private static final String PROVIDER = """
            seed: 20261130
            vision:
              latency: {median: 300ms, spread: 0.2}
              capacity: 400
              errors: {hang: 0.02}
            text-to-image:
              latency: {median: 1s}
            matting:
              latency: {median: 1s}
            callback:
              latency: {median: 1ms}
            """;

    /** A PNG of 32 x 32 pixels. */
    private static final String PHOTO = "data:image/png;base64,"
            + "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mN40WVMU8QwasGoBaMWjFowasGoBaMWjF"
            + "owasGoBaMWDBULAHaalFtvUJqsAAAAAElFTkSuQmCC";

    private HedgeRow() {}

    /**
     * Holds what one part showed.
     *
     * @param hedged whether calls could be made a second time
     * @param calls first attempts at a task
     * @param more calls that were made a second time, as a share of all others
     * @param unanswered calls that ended by their time-out
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Part(boolean hedged, int calls, double more, int unanswered, double p50Ms, double p95Ms, double p99Ms) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(double timeoutMs, List<Part> parts) {}

    static BenchmarkRow.Findings hedges(BenchmarkRow.Setting setting) throws Exception {
        int tasks = setting.scale().of(3_000, 60);
        int rounds = setting.scale().of(2, 1);
        List<Part> parts = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (boolean hedged : new boolean[] {false, true}) {
                Part part = part(setting.folder().resolve("part-" + parts.size()), hedged, tasks);
                setting.journal().step("  " + line(part));
                parts.add(part);
            }
        }
        List<String> wrong = new ArrayList<>();
        parts.stream()
                .filter(part -> part.more() > (part.hedged() ? SHARE : 0))
                .forEach(part -> wrong.add("more calls than may be: " + line(part)));
        boolean reached = parts.stream().filter(Part::hedged).allMatch(part -> part.p99Ms() <= TIMES * part.p50Ms());
        return new BenchmarkRow.Findings(
                String.join("; ", parts.stream().map(HedgeRow::line).toList()),
                new Figures(TIMEOUT.toMillis(), parts),
                reached,
                wrong);
    }

    private static String line(Part part) {
        return String.format(
                Locale.ROOT,
                "%s: p50 %.0f ms, p95 %.0f ms, p99 %.0f ms (%.1f x p50), %.2f %% more calls, %d of %d not answered",
                part.hedged() ? "hedged" : "not hedged",
                part.p50Ms(),
                part.p95Ms(),
                part.p99Ms(),
                part.p99Ms() / part.p50Ms(),
                100 * part.more(),
                part.unanswered(),
                part.calls());
    }

    private static Part part(Path folder, boolean hedged, int tasks) throws Exception {
        try (ProviderSimulator provider = new ProviderSimulator(
                        SimulatorOptions.of(Profile.parse("hanging", PROVIDER), 0), Clock.systemUTC());
                EmbeddedKafka broker = EmbeddedKafka.start(folder, 0, Map.of())) {
            provider.start();
            Map<String, Object> connection = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (Admin admin = Admin.create(connection)) {
                admin.createTopics(Topics.all(1, (short) 1)).all().get();
            }
            Detections detections = new Detections(provider.baseUrl());
            try (StageRuntime<TaskAccepted> stage = TestingStage.on(connection)
                    .maxInFlight(200)
                    .fallbacks(Fallbacks.NONE.hedging(hedged ? SHARE : 0))
                    .runtime(detections::detect)) {
                stage.start();
                send(connection, tasks);
                detections.await(tasks);
            }
            return detections.part(hedged);
        }
    }

    private static void send(Map<String, Object> connection, int tasks) throws InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(connection, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < tasks; i++) {
                var _ = producer.send(TestingRecords.task(TaskId.next(), "oil", Duration.ofDays(1)));
                TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
            }
        }
    }

    /** Makes the calls of the stage, and measures those of first attempts as their tasks see them. */
    private static final class Detections {

        private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(5), TIMEOUT);

        private final ArkClient ark;
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger hedges = new AtomicInteger();
        private final AtomicInteger unanswered = new AtomicInteger();
        private final Queue<Long> took = new ConcurrentLinkedQueue<>();

        Detections(URI provider) {
            this.ark = new ArkClient(
                    OutboundHttp.create(Duration.ofMinutes(1)),
                    new ArkProperties(URI.create(provider + "/api/v3"), "simulator-ark-key"),
                    Clock.systemUTC(),
                    _ -> {});
        }

        Outcome detect(TaskAccepted task, Attempt attempt) throws InterruptedException {
            long began = System.nanoTime();
            Outcome outcome = attempt.hedged("", (_, requestId) -> call(task, attempt, requestId));
            if (attempt.number() == 1) {
                took.add(System.nanoTime() - began);
                unanswered.addAndGet(outcome instanceof Outcome.Done ? 0 : 1);
            }
            return outcome;
        }

        private OutsideCall.Answer<Outcome> call(TaskAccepted task, Attempt attempt, String requestId)
                throws InterruptedException {
            (requestId.equals(attempt.requestId()) ? calls : hedges).incrementAndGet();
            return switch (ark.post(ArkOperation.CHAT, question(), requestId, TIMEOUTS)) {
                case ArkAnswer.Ok ok ->
                    new OutsideCall.Answer<>(
                            TestingRecords.described(task), ok.facts().report(Optional.empty()), CallWork.PLAIN);
                case ArkAnswer.Failed failed -> {
                    Reason reason = failed.reason();
                    yield new OutsideCall.Answer<>(
                            Outcome.failed(reason, failed.detail()),
                            failed.facts().report(Optional.of(reason)),
                            CallWork.PLAIN);
                }
            };
        }

        void await(int tasks) throws InterruptedException {
            long until = System.nanoTime() + STANDSTILL.toNanos();
            while (took.size() < tasks) {
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException("%d of %d tasks had a call".formatted(took.size(), tasks));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }

        Part part(boolean hedged) {
            long[] sorted = took.stream().mapToLong(nanos -> nanos).sorted().toArray();
            return new Part(
                    hedged,
                    sorted.length,
                    (double) hedges.get() / calls.get(),
                    unanswered.get(),
                    millis(sorted, 0.5),
                    millis(sorted, 0.95),
                    millis(sorted, 0.99));
        }

        private static double millis(long[] sorted, double quantile) {
            return sorted[(int) Math.ceil(quantile * sorted.length) - 1] / 1e6;
        }
    }

    private static JsonNode question() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", "doubao-seed-2-0-lite-260215");
        body.put("max_tokens", 100);
        var content = body.putArray("messages").addObject().put("role", "user").putArray("content");
        content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", PHOTO)
                .put("detail", "low");
        content.addObject().put("type", "text").put("text", "Is there a pet? Answer with one JSON object.");
        return body;
    }
}
