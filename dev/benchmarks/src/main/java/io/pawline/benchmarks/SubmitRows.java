package io.pawline.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures how many tasks ingest-service accepts, and how soon it accepts one. */
final class SubmitRows {

    private static final int CONNECTIONS = 64;
    private static final int PACED_PER_SECOND = 300;
    private static final double TO_REACH_PER_SECOND = 2_500;
    private static final double TO_REACH_P99_MS = 100;

    private SubmitRows() {}

    /**
     * Holds what was measured.
     *
     * @param relayed accepted tasks that were in Kafka by then, too
     * @param cpuMsPerTask CPU time of ingest-service for each
     * @param cpuMsPerTaskOfAll the same with that of the database, of Kafka and of the load
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record AtOnceFigures(
            double acceptedPerS,
            int connections,
            double cpuMsPerTask,
            double cpuMsPerTaskOfAll,
            long accepted,
            long kept,
            long relayed,
            long rssMb) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record PacedFigures(int perS, int tasks, double p50Ms, double p99Ms, double maxMs) {}

    static BenchmarkRow.Findings atOnce(BenchmarkRow.Setting setting)
            throws IOException, InterruptedException, SQLException {
        Duration time = setting.scale().of(Duration.ofSeconds(20), Duration.ofSeconds(1));
        try (IngestSite site = new IngestSite(setting, List.of());
                Submissions load = new Submissions(site.port(), CONNECTIONS)) {
            setting.journal().step("  warming up");
            load.atOnce(setting.scale().of(Duration.ofSeconds(60), Duration.ofSeconds(1)));
            int warmUp = load.accepted().size();
            Duration cpu = site.cpu();
            Duration cpuOfAll = site.cpuOfAll();
            double perSecond = load.atOnce(time);
            int tasks = load.accepted().size() - warmUp;
            AtOnceFigures figures = new AtOnceFigures(
                    Math.round(perSecond),
                    CONNECTIONS,
                    perOne(site.cpu().minus(cpu), tasks),
                    perOne(site.cpuOfAll().minus(cpuOfAll), tasks),
                    load.accepted().size(),
                    site.query("select count(*) from task"),
                    site.query("select count(*) from task where relayed_at is not null"),
                    site.residentMegabytes());
            String summary = String.format(
                    Locale.ROOT,
                    "%,.0f accepted a second over %d connections, %.2f ms of CPU each (%.2f ms with all else); of %,d in all,"
                            + " %,d were in Kafka by then; %d MB",
                    figures.acceptedPerS(),
                    CONNECTIONS,
                    figures.cpuMsPerTask(),
                    figures.cpuMsPerTaskOfAll(),
                    figures.accepted(),
                    figures.relayed(),
                    figures.rssMb());
            List<String> wrong = figures.kept() == figures.accepted()
                    ? List.of()
                    : List.of("%d accepted, %d kept".formatted(figures.accepted(), figures.kept()));
            return new BenchmarkRow.Findings(summary, figures, perSecond >= TO_REACH_PER_SECOND, wrong);
        }
    }

    /** Milliseconds of CPU time for each of so many. */
    static double perOne(Duration cpu, int tasks) {
        return Math.round(cpu.toNanos() / 1e4 / tasks) / 100.0;
    }

    static BenchmarkRow.Findings paced(BenchmarkRow.Setting setting) throws IOException, InterruptedException {
        try (IngestSite site = new IngestSite(setting, List.of());
                Submissions load = new Submissions(site.port(), CONNECTIONS)) {
            setting.journal().step("  warming up");
            Duration warmUp = setting.scale().of(Duration.ofSeconds(20), Duration.ofSeconds(1));
            load.paced(PACED_PER_SECOND, warmUp);
            long[] took =
                    load.paced(PACED_PER_SECOND, setting.scale().of(Duration.ofSeconds(60), Duration.ofSeconds(1)));
            PacedFigures figures = new PacedFigures(
                    PACED_PER_SECOND, took.length, quantile(took, 0.5), quantile(took, 0.99), quantile(took, 1));
            String summary = String.format(
                    Locale.ROOT,
                    "at %d a second p50 %.1f ms, p99 %.1f ms, at most %.1f ms",
                    PACED_PER_SECOND,
                    figures.p50Ms(),
                    figures.p99Ms(),
                    figures.maxMs());
            return new BenchmarkRow.Findings(summary, figures, figures.p99Ms() <= TO_REACH_P99_MS, List.of());
        }
    }

    /** The time within which this share of the requests was answered, in milliseconds. */
    static double quantile(long[] sortedNanos, double share) {
        int place = Math.max(0, (int) Math.ceil(share * sortedNanos.length) - 1);
        return Math.round(sortedNanos[place] / 1e4) / 100.0;
    }
}
