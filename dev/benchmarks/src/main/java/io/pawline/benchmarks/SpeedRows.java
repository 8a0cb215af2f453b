package io.pawline.benchmarks;

import io.pawline.stage.StageRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures the speed of a stage whose handler answers at once. */
final class SpeedRows {

    private static final int PER_SECOND = 50;

    private SpeedRows() {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record RateFigures(int records, double onePartitionPerS, double fourPartitionsPerS, int duplicated) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record HopFigures(int records, int recordsPerS, double p50Ms, double p99Ms, double maxMs, int duplicated) {}

    private record Rate(double perSecond, int duplicates) {}

    static BenchmarkRow.Findings recordsPerSecond(BenchmarkRow.Setting setting) throws Exception {
        int records = setting.scale().of(150_000, 500);
        Rate one = rate(setting, 1, records);
        Rate four = rate(setting, 4, records);
        RateFigures figures = new RateFigures(
                records,
                Math.round(one.perSecond()),
                Math.round(four.perSecond()),
                one.duplicates() + four.duplicates());
        String summary = String.format(
                Locale.ROOT,
                "%,.0f records/s of one partition, %,.0f of four, instant handler, in transactions",
                one.perSecond(),
                four.perSecond());
        boolean reached = Math.min(one.perSecond(), four.perSecond()) >= 10_000;
        return new BenchmarkRow.Findings(summary, figures, reached, wrong(figures.duplicated()));
    }

    /** Measures the rate for records that are all there when the stage begins, after a warm-up with a third as many. */
    private static Rate rate(BenchmarkRow.Setting setting, int partitions, int records) throws Exception {
        try (StageUnderLoad load = new StageUnderLoad(setting.folder().resolve("kafka" + partitions), partitions)) {
            int warmUp = records / 3;
            send(load, warmUp);
            try (StageRuntime<?> _ = load.start()) {
                load.readUntil(warmUp);
            }
            send(load, records);
            try (StageRuntime<?> _ = load.start()) {
                load.readUntil(warmUp + 1);
                int first = load.readable.size();
                long began = System.nanoTime();
                load.readUntil(warmUp + records);
                double seconds = (System.nanoTime() - began) / 1e9;
                return new Rate((load.readable.size() - first) / Math.max(seconds, 1e-3), load.duplicates());
            }
        }
    }

    private static void send(StageUnderLoad load, int records) {
        for (int i = 0; i < records; i++) {
            load.send();
        }
        load.flush();
    }

    static BenchmarkRow.Findings hop(BenchmarkRow.Setting setting) throws Exception {
        int warmUp = setting.scale().of(1_000, 10);
        int records = setting.scale().of(2_000, 50);
        try (StageUnderLoad load = new StageUnderLoad(setting.folder().resolve("kafka"), 1);
                StageRuntime<?> _ = load.start()) {
            send(load, warmUp);
            load.readUntil(warmUp);
            load.acknowledged.clear();
            Thread sender = Thread.ofPlatform().daemon().start(() -> sendPaced(load, records));
            load.readUntil(warmUp + records);
            sender.join();
            load.flush();
            double[] millis = load.acknowledged.entrySet().stream()
                    .mapToDouble(
                            sent -> (load.readable.getOrDefault(sent.getKey(), Long.MAX_VALUE) - sent.getValue()) / 1e6)
                    .sorted()
                    .toArray();
            HopFigures figures = new HopFigures(
                    records,
                    PER_SECOND,
                    quantile(millis, 0.5),
                    quantile(millis, 0.99),
                    quantile(millis, 1),
                    load.duplicates());
            String summary = String.format(
                    Locale.ROOT,
                    "p50 %.1f ms, p99 %.1f ms at %d records/s",
                    figures.p50Ms(),
                    figures.p99Ms(),
                    PER_SECOND);
            return new BenchmarkRow.Findings(
                    summary, figures, figures.p50Ms() <= 25 && figures.p99Ms() <= 100, wrong(load.duplicates()));
        }
    }

    private static void sendPaced(StageUnderLoad load, int records) {
        long start = System.nanoTime();
        try {
            for (int i = 0; i < records; i++) {
                TimeUnit.NANOSECONDS.sleep(start + i * (1_000_000_000L / PER_SECOND) - System.nanoTime());
                load.send();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static double quantile(double[] sorted, double share) {
        return Math.round(sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] * 100) / 100.0;
    }

    private static List<String> wrong(int duplicates) {
        List<String> wrong = new ArrayList<>();
        if (duplicates > 0) {
            wrong.add(duplicates + " results duplicated");
        }
        return wrong;
    }
}
