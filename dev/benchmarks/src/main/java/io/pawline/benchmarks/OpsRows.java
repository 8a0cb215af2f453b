package io.pawline.benchmarks;

import io.pawline.schemas.Stage;
import io.pawline.taskstore.Partitions;
import io.pawline.taskstore.Partitions.Layout;
import io.pawline.taskstore.Partitions.Length;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ObjectNode;

/** Measures the report of a large day, the live page and the search beside it. */
final class OpsRows {

    private static final int CALLS_OF_TASK = 4;
    private static final int OTHER_DAYS = 29;
    private static final int CALLS_OF_OTHER_DAY = 100_000;
    private static final int DEAD_LETTERS = 50_000;
    private static final int QUARTERS_OF_DAY = 96;
    private static final double LONGEST_REPORT_MS = 1_000;
    private static final double LONGEST_EXACT_MS = 15_000;
    private static final double LONGEST_PAGE_MS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private OpsRows() {}

    /**
     * Holds what was measured.
     *
     * @param rollUpSeconds from the start of ops-service until all sums of the day were made, among those of other days
     * @param rollUpMegabytes all sums of all days
     * @param ledgerMegabytes all calls of all days
     * @param reportMs median of nine
     * @param exactMs the slowest of three
     * @param progressEvents of one exact report
     * @param liveMs the slowest of nine, like the search
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record DayFigures(
            int calls,
            int tasks,
            int otherDays,
            int callsOfOtherDay,
            double rollUpSeconds,
            double rollUpMegabytes,
            double ledgerMegabytes,
            double reportMs,
            double exactMs,
            int progressEvents,
            double liveMs,
            double searchMs) {}

    /** Asks ops-service for the report of a day with so many calls. */
    static BenchmarkRow.Findings day(BenchmarkRow.Setting setting, int calls) throws Exception {
        int tasks = setting.scale().of(calls / CALLS_OF_TASK, 500);
        int others = setting.scale().of(CALLS_OF_OTHER_DAY / CALLS_OF_TASK, 25);
        Instant today = Clock.systemUTC().instant().truncatedTo(ChronoUnit.DAYS);
        Instant day = today.minus(Duration.ofDays(1));
        try (OpsSite site = new OpsSite(setting);
                TaskDatabase database = site.database()) {
            fill(database, setting.journal(), day, tasks, others);
            site.start();
            long began = System.nanoTime();
            setting.journal().step("  sums are made");
            awaitRollUps(database, day);
            double rollUpSeconds = DeadLetterRows.rounded((System.nanoTime() - began) / 1e9);
            DeadLetterRows.index(site, setting.scale().of(DEAD_LETTERS, 500), Stage.GENERATE, setting.journal());
            setting.journal().step("  asking");
            String period = "from=%s&to=%s".formatted(day, today);
            List<String> wrong = new ArrayList<>();
            double report = quantile(site, "/v1/report?" + period, 9, 0.5);
            double exact = 0;
            int progress = 0;
            for (int i = 0; i < setting.scale().of(3, 1); i++) {
                long asked = System.nanoTime();
                progress = site.stream("/v1/report/stream?exact=true&" + period);
                exact = Math.max(exact, (System.nanoTime() - asked) / 1e6);
            }
            if (!content(site, "/v1/report?" + period).equals(content(site, "/v1/report?exact=true&" + period))) {
                wrong.add("the report of sums is not that of the rows");
            }
            DayFigures figures = new DayFigures(
                    CALLS_OF_TASK * tasks,
                    tasks,
                    OTHER_DAYS,
                    CALLS_OF_TASK * others,
                    rollUpSeconds,
                    megabytes(database, "report_rollup"),
                    megabytes(database, "call_attempt"),
                    report,
                    DeadLetterRows.rounded(exact),
                    progress,
                    quantile(site, "/v1/live", 9, 1),
                    quantile(site, "/v1/dead-letters?q=lamp&tenant=tenant-1", 9, 1));
            return new BenchmarkRow.Findings(
                    String.format(
                            Locale.ROOT,
                            "%,d calls of %,d tasks: report %.0f ms, exact %.0f ms, live page %.0f ms, search %.0f ms",
                            figures.calls(),
                            tasks,
                            figures.reportMs(),
                            figures.exactMs(),
                            figures.liveMs(),
                            figures.searchMs()),
                    figures,
                    figures.reportMs() <= LONGEST_REPORT_MS
                            && figures.exactMs() <= LONGEST_EXACT_MS
                            && figures.liveMs() <= LONGEST_PAGE_MS
                            && figures.searchMs() <= LONGEST_PAGE_MS,
                    wrong);
        }
    }

    private static void fill(TaskDatabase database, Journal journal, Instant day, int tasks, int others)
            throws Exception {
        Partitions ledger = new Partitions(database, new Layout("call_attempt", Partitions.Key.TIME, Length.DAY, ""));
        ledger.make(day.minus(Duration.ofDays(OTHER_DAYS)), day.plus(Duration.ofDays(2)));
        for (int i = 1; i <= OTHER_DAYS; i++) {
            HistoryFill history = new HistoryFill(database, "other-" + i);
            history.tasks(others, day.minus(Duration.ofDays(i)), Duration.ofHours(24), 0);
            history.calls(others, day.minus(Duration.ofDays(i)), Duration.ofHours(24));
        }
        journal.step("  writing %,d tasks".formatted(tasks));
        HistoryFill large = new HistoryFill(database, "large");
        large.tasks(tasks, day, Duration.ofHours(24), 0);
        journal.step("  writing %,d calls".formatted(CALLS_OF_TASK * tasks));
        large.calls(tasks, day, Duration.ofHours(24));
        large.analyze("task", "call_attempt");
    }

    /** Waits until ops-service has made all sums of a day (UTC). */
    static void awaitRollUps(TaskDatabase database, Instant day) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (fresh(database, day) < 2 * QUARTERS_OF_DAY) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within %s: the sums of a day".formatted(PATIENCE));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static int fresh(TaskDatabase database, Instant day) {
        return database.with(handle -> handle.createQuery("""
                        select count(*) from report_rollup made
                        where tenant = '' and quarter >= :from and quarter < :to and not exists (
                            select from report_rollup_stale stale
                            where stale.kind = made.kind and stale.quarter = made.quarter)
                        """)
                .bind("from", day.atOffset(ZoneOffset.UTC))
                .bind("to", day.plus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC))
                .mapTo(Integer.class)
                .one());
    }

    /** A report without how and when it was made. */
    private static JsonNode content(OpsSite site, String path) {
        ObjectNode report = (ObjectNode) site.get(path);
        report.remove("generated_at");
        report.remove("exact");
        return report;
    }

    private static double quantile(OpsSite site, String path, int times, double share) {
        long[] took = new long[times];
        for (int i = -2; i < times; i++) {
            long began = System.nanoTime();
            var _ = site.get(path);
            if (i >= 0) {
                took[i] = System.nanoTime() - began;
            }
        }
        Arrays.sort(took);
        return SubmitRows.quantile(took, share);
    }

    /** The size of a table with its indexes and all its partitions. */
    private static double megabytes(TaskDatabase database, String table) {
        return database.with(handle ->
                handle.createQuery("""
                        select round(sum(pg_total_relation_size(relation)) / 1048576.0, 1) from (
                            select cast(:table as regclass) relation
                            union select relid from pg_partition_tree(cast(:table as regclass))) relations
                        """).bind("table", table).mapTo(Double.class).one());
    }
}
