package io.pawline.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures very many requests that wait for their tasks, half of them by long poll and half by server-sent events. */
final class WaitsRow {

    private static final int WANTED = 20_000;
    private static final int MOST_MEGABYTES = 1024;

    /** Files that this process and ingest-service need for other things: class path, database, Kafka. */
    private static final int OTHER_FILES = 500;

    private WaitsRow() {}

    /** The heap is small enough for the bound on resident memory, because garbage fills all that a heap has. */
    private static final int HEAP_MEGABYTES = 640;

    /**
     * Holds what was measured.
     *
     * @param filesPerProcess what the system lets a process open; each wait is one for ingest-service, and one for the
     *     load
     * @param rssBeforeMb resident memory of ingest-service before the first wait
     * @param notified waits that were notified of the final state of their task
     * @param notifiedAfterS from the moment at which all tasks ended until the last wait was notified
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int open,
            long filesPerProcess,
            double openedAfterS,
            long rssBeforeMb,
            long rssMb,
            @JsonProperty("told") int notified,
            @JsonProperty("told_after_s") double notifiedAfterS) {}

    static BenchmarkRow.Findings openWaits(BenchmarkRow.Setting setting)
            throws IOException, InterruptedException, SQLException {
        long files = filesPerProcess();
        int waits = (int) Math.min(setting.scale().of(WANTED, 100), files - OTHER_FILES);
        try (IngestSite site = new IngestSite(
                setting,
                HEAP_MEGABYTES,
                List.of("--pawline.ingest.follow.max-wait=1h", "--pawline.ingest.follow.max-waits=20000"))) {
            List<Submissions.Accepted> tasks = accepted(site, waits);
            setting.journal().step("  " + tasks.size() + " tasks accepted");
            long before = site.residentMegabytes();
            try (OpenRequests open = new OpenRequests(site.port())) {
                long began = System.nanoTime();
                for (int i = 0; i < waits; i++) {
                    open.get("/v1/tasks/" + tasks.get(i).id() + (i % 2 == 0 ? "/events" : "?wait=1h"));
                }
                double openedAfter = secondsSince(began);
                setting.journal().step("  all sent");
                // Every second wait receives at once how far its task is, which shows that it waits
                open.awaitBegun(waits / 2);
                TimeUnit.NANOSECONDS.sleep(setting.scale()
                        .of(Duration.ofSeconds(30), Duration.ofSeconds(1))
                        .toNanos());
                long resident = site.residentMegabytes();
                int waiting = open.waiting();
                long ended = System.nanoTime();
                site.execute("update task set state = 'expired', ended_at = now(), reason = 'deadline_passed'");
                int notified = open.awaitEnded(waits);
                Figures figures =
                        new Figures(waiting, files, openedAfter, before, resident, notified, secondsSince(ended));
                return findings(figures, waits);
            }
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures, int waits) {
        String limit = waits < WANTED
                ? " (the system lets a process open %,d files)".formatted(figures.filesPerProcess())
                : "";
        String summary = String.format(
                Locale.ROOT,
                "%,d open in %d MB (%d MB before)%s; when their tasks ended, all were notified within %.1f s",
                figures.open(),
                figures.rssMb(),
                figures.rssBeforeMb(),
                limit,
                figures.notifiedAfterS());
        List<String> wrong = new ArrayList<>();
        if (figures.open() < waits) {
            wrong.add("%d of %d waits were answered or dropped before their task ended"
                    .formatted(waits - figures.open(), waits));
        }
        if (figures.notified() < waits) {
            wrong.add("%d of %d waits were not notified of the final state of their task"
                    .formatted(waits - figures.notified(), waits));
        }
        return new BenchmarkRow.Findings(
                summary, figures, figures.open() >= WANTED && figures.rssMb() <= MOST_MEGABYTES, wrong);
    }

    private static List<Submissions.Accepted> accepted(IngestSite site, int tasks)
            throws IOException, InterruptedException {
        try (Submissions load = new Submissions(site.port(), 64)) {
            load.atOnce(tasks);
            return load.accepted();
        }
    }

    private static double secondsSince(long nanos) {
        return Math.round((System.nanoTime() - nanos) / 1e8) / 10.0;
    }

    private static long filesPerProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
