package io.pawline.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures how fast dead letters are indexed, and how fast questions about 50,000 of them are answered. */
final class DeadLetterRows {

    private static final int DEAD_LETTERS = 50_000;
    private static final int FEW = 500;
    private static final int TIMES = 5;
    private static final int ENOUGH_PER_SECOND = 5_000;
    private static final double LONGEST_MS = 300;

    private DeadLetterRows() {}

    /** @param deadLettersPerS from the first one sent until the last one is found */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Indexed(
            @JsonProperty("letters") int deadLetters,
            double seconds,
            @JsonProperty("letters_per_s") double deadLettersPerS) {}

    /** @param slowestMs by what was asked for: the slowest of five answers over HTTP, without the first one */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Answers(@JsonProperty("letters") int deadLetters, double slowestOfAllMs, Map<String, Double> slowestMs) {}

    static BenchmarkRow.Findings indexed(BenchmarkRow.Setting setting) throws Exception {
        int count = setting.scale().of(DEAD_LETTERS, FEW);
        try (OpsSite site = new OpsSite(setting)) {
            site.start();
            setting.journal().step("  warming up");
            index(site, count, Stage.GENERATE, setting.journal());
            double seconds = index(site, count, Stage.GENERATE, setting.journal());
            Indexed figures = new Indexed(count, rounded(seconds), rounded(count / seconds));
            return new BenchmarkRow.Findings(
                    String.format(Locale.ROOT, "%.0f dead letters a second", figures.deadLettersPerS()),
                    figures,
                    figures.deadLettersPerS() >= ENOUGH_PER_SECOND,
                    List.of());
        }
    }

    /** Returns how many seconds it took. */
    static double index(OpsSite site, int count, Stage stage, Journal journal) throws InterruptedException {
        return index(
                site, new ManyDeadLetters(count, Clock.systemUTC().instant(), "http://127.0.0.1:9/"), stage, journal);
    }

    static double index(OpsSite site, ManyDeadLetters deadLetters, Stage stage, Journal journal)
            throws InterruptedException {
        int count = deadLetters.ids().size();
        try (TaskDatabase database = site.database();
                KafkaProducer<byte[], byte[]> producer = site.producer()) {
            deadLetters.fail(database);
            journal.step("  " + count + " tasks have failed");
            int before = indexed(database);
            long began = System.nanoTime();
            deadLetters.send(producer, site.events(), stage);
            OpsSite.await("all dead letters are in the index", () -> indexed(database) == before + count);
            double seconds = (System.nanoTime() - began) / 1e9;
            journal.step("  they are in the index");
            return seconds;
        }
    }

    private static int indexed(TaskDatabase database) {
        return database.with(handle -> handle.createQuery("select count(*) from dead_letter")
                .mapTo(Integer.class)
                .one());
    }

    static BenchmarkRow.Findings answers(BenchmarkRow.Setting setting) throws Exception {
        int count = setting.scale().of(DEAD_LETTERS, FEW);
        try (OpsSite site = new OpsSite(setting)) {
            site.start();
            index(site, count, Stage.GENERATE, setting.journal());
            Map<String, Double> slowest = new LinkedHashMap<>();
            questions().forEach((name, path) -> slowest.put(name, slowest(site, path)));
            double worst = slowest.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
            Answers figures = new Answers(count, worst, slowest);
            return new BenchmarkRow.Findings(
                    String.format(Locale.ROOT, "%.1f ms for the slowest of %d questions", worst, slowest.size()),
                    figures,
                    worst <= LONGEST_MS,
                    List.of());
        }
    }

    private static double slowest(OpsSite site, String path) {
        site.get(path);
        double slowest = 0;
        for (int i = 0; i < TIMES; i++) {
            long began = System.nanoTime();
            site.get(path);
            slowest = Math.max(slowest, (System.nanoTime() - began) / 1e6);
        }
        return rounded(slowest);
    }

    private static Map<String, String> questions() {
        Instant now = Clock.systemUTC().instant();
        Map<String, String> filters = new LinkedHashMap<>();
        filters.put("all", "");
        filters.put("stage", "stage=generate");
        filters.put("reason", "reason=overloaded");
        filters.put("provider_code", "provider_code=none");
        filters.put("tenant", "tenant=tenant-1");
        filters.put("style", "style=style%207");
        filters.put("client_ref", "client_ref=order-120");
        filters.put("task_id", "task_id=0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f");
        filters.put("generation", "generation=1");
        filters.put("min_attempts", "min_attempts=5");
        filters.put("max_attempts", "max_attempts=2");
        filters.put("from", "from=" + now.minus(Duration.ofHours(6)));
        filters.put("to", "to=" + now.minus(Duration.ofHours(40)));
        filters.put("one word", "q=lamp");
        filters.put("words that none has", "q=elephant");
        filters.put("one of all", "q=42");
        filters.put("nothing that there is", "tenant=nobody&style=none");
        Map<String, String> questions = new LinkedHashMap<>();
        filters.forEach((name, filter) -> {
            questions.put("list by " + name, "/v1/dead-letters?" + filter);
            questions.put("groups by " + name, "/v1/dead-letters/groups?" + filter);
        });
        return questions;
    }

    static double rounded(double figure) {
        return Math.round(figure * 100) / 100.0;
    }
}
