package io.pawline.benchmarks;

import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures how large ops-service gets, with the heap of the chart, by the events of an hour, as fast as it reads them. */
final class OpsSizeRow {

    /** 60 % of 640 MiB, as the chart sets it. */
    private static final int HEAP_MEGABYTES = 384;

    private static final int MOST_MEGABYTES = 512;
    private static final int MOST_DISK_MEGABYTES = 200;
    private static final Duration SPAN = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(60);

    private OpsSizeRow() {}

    /**
     * Holds what was measured.
     *
     * @param eventsPerS from the first event sent until all were in the ledger and read by the live count
     * @param liveCountShare of the calls that the live count has: of events that come at once, it drops those that are
     *     half an hour older than others
     * @param residentMb the most that the process had
     * @param diskMb the most that its folder for temporary files had, which holds the state of the live count
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int tasks,
            long calls,
            int heapMb,
            double seconds,
            double eventsPerS,
            double liveCountShare,
            long residentMb,
            long diskMb) {}

    static BenchmarkRow.Findings measure(BenchmarkRow.Setting setting, int tasks) throws Exception {
        int number = setting.scale().of(tasks, 500);
        long calls = (long) number * CallEventSource.CALLS_OF_TASK;
        try (OpsSite site = new OpsSite(setting, HEAP_MEGABYTES);
                TaskDatabase database = site.database();
                CallEventSource source = new CallEventSource(site)) {
            site.start();
            long disk = site.temporaryMegabytes();
            Instant from = Clock.systemUTC().instant().minus(SPAN);
            long began = System.nanoTime();
            long step = SPAN.toNanos() / number;
            for (int i = 0; i < number; i++) {
                source.send(from.plusNanos(i * step), i);
                if (i % 10_000 == 0) {
                    disk = Math.max(disk, site.temporaryMegabytes());
                }
            }
            source.flush();
            setting.journal().step("  %,d calls are sent".formatted(calls));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (inLedger(database) < calls
                    || site.get("/v1/live").path("stale_seconds").asInt(-1) != 0) {
                if (System.nanoTime() > end) {
                    break;
                }
                disk = Math.max(disk, site.temporaryMegabytes());
                TimeUnit.SECONDS.sleep(1);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            List<String> wrong = new ArrayList<>();
            BenchmarkRow.complain(wrong, calls - inLedger(database), "calls are not in the ledger");
            Figures figures = new Figures(
                    number,
                    calls,
                    HEAP_MEGABYTES,
                    DeadLetterRows.rounded(seconds),
                    DeadLetterRows.rounded((2.0 * calls + number) / seconds),
                    DeadLetterRows.rounded((double) inLiveCount(database) / calls),
                    site.peakMegabytes(),
                    Math.max(disk, site.temporaryMegabytes()));
            return findings(figures, wrong);
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures, List<String> wrong) {
        return new BenchmarkRow.Findings(
                String.format(
                        Locale.ROOT,
                        "events of %,d tasks in an hour: %d MB resident, %d MB of disk, %,.0f events a second",
                        figures.tasks(),
                        figures.residentMb(),
                        figures.diskMb(),
                        figures.eventsPerS()),
                figures,
                figures.residentMb() <= MOST_MEGABYTES && figures.diskMb() <= MOST_DISK_MEGABYTES,
                wrong);
    }

    static long inLedger(TaskDatabase database) {
        return count(database, "select count(*) from call_attempt where ended_at is not null");
    }

    static long inLiveCount(TaskDatabase database) {
        return count(
                database,
                "select coalesce(sum(succeeded + failures), 0) from live_window where seconds = 60 and stage <> 'task'");
    }

    private static long count(TaskDatabase database, String query) {
        return database.with(
                handle -> handle.createQuery(query).mapTo(Long.class).one());
    }
}
