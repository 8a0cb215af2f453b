package io.pawline.benchmarks;

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

/** 50,000 letters read into the index, and what is asked of it then. */
final class DeadLetterRows {

    private static final int LETTERS = 50_000;
    private static final int FEW = 500;
    private static final int TIMES = 5;
    private static final int ENOUGH_PER_SECOND = 5_000;
    private static final double LONGEST_MS = 300;

    private DeadLetterRows() {}

    /** @param lettersPerS from the first one sent until the last one is found */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Indexed(int letters, double seconds, double lettersPerS) {}

    /** @param slowestMs by what was asked for: the slowest of five answers, over HTTP, the first left out */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Answers(int letters, double slowestOfAllMs, Map<String, Double> slowestMs) {}

    static BenchmarkRow.Findings indexed(BenchmarkRow.Setting setting) throws Exception {
        int count = setting.scale().of(LETTERS, FEW);
        try (OpsSite site = new OpsSite(setting.folder())) {
            site.start();
            setting.journal().step("  warming up");
            index(site, count, Stage.GENERATE, setting.journal());
            double seconds = index(site, count, Stage.GENERATE, setting.journal());
            Indexed figures = new Indexed(count, rounded(seconds), rounded(count / seconds));
            return new BenchmarkRow.Findings(
                    String.format(Locale.ROOT, "%.0f letters a second", figures.lettersPerS()),
                    figures,
                    figures.lettersPerS() >= ENOUGH_PER_SECOND,
                    List.of());
        }
    }

    /** Returns how many seconds it took. */
    static double index(OpsSite site, int count, Stage stage, Journal journal) throws InterruptedException {
        return index(
                site, new ManyDeadLetters(count, Clock.systemUTC().instant(), "http://127.0.0.1:9/"), stage, journal);
    }

    static double index(OpsSite site, ManyDeadLetters letters, Stage stage, Journal journal)
            throws InterruptedException {
        int count = letters.ids().size();
        try (TaskDatabase database = site.database();
                KafkaProducer<byte[], byte[]> producer = site.producer()) {
            letters.fail(database);
            journal.step("  " + count + " tasks have failed");
            int before = indexed(database);
            long began = System.nanoTime();
            letters.send(producer, site.events(), stage);
            OpsSite.await("all letters are in the index", () -> indexed(database) == before + count);
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
        int count = setting.scale().of(LETTERS, FEW);
        try (OpsSite site = new OpsSite(setting.folder())) {
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
