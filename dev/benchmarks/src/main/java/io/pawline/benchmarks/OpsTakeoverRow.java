package io.pawline.benchmarks;

import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures how soon a second ops-service goes on with everything after the first was killed. */
final class OpsTakeoverRow {

    private static final double LONGEST_SECONDS = 10;
    private static final int PER_SECOND = 50;
    private static final int KILLS = 3;

    private OpsTakeoverRow() {}

    /**
     * Holds what was measured: the slowest of all kills.
     *
     * @param ledgerSeconds from the kill until each call that had begun by then or within a second is in the ledger
     * @param liveSeconds the same, for the live count
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(int kills, int tasksPerS, double ledgerSeconds, double liveSeconds) {}

    static BenchmarkRow.Findings measure(BenchmarkRow.Setting setting) throws Exception {
        int kills = setting.scale().of(KILLS, 1);
        double ledger = 0;
        double live = 0;
        try (OpsSite site = new OpsSite(setting);
                TaskDatabase database = site.database();
                CallEventSource source = new CallEventSource(site)) {
            site.start();
            site.startReplica();
            long sent = send(source, setting.scale().of(60, 10));
            for (int kill = 0; kill < kills; kill++) {
                awaitBoth(database, sent);
                // Both have their share by then
                TimeUnit.SECONDS.sleep(setting.scale().of(20, 10));
                sent += send(source, 5);
                site.kill();
                long killed = System.nanoTime();
                sent += send(source, 1);
                double[] seconds = awaitBoth(database, sent, killed);
                setting.journal()
                        .step("  killed: ledger after %.1f s, live count after %.1f s"
                                .formatted(seconds[0], seconds[1]));
                ledger = Math.max(ledger, seconds[0]);
                live = Math.max(live, seconds[1]);
                site.start();
            }
            Figures figures =
                    new Figures(kills, PER_SECOND, DeadLetterRows.rounded(ledger), DeadLetterRows.rounded(live));
            return new BenchmarkRow.Findings(
                    String.format(
                            Locale.ROOT,
                            "after a kill at %d tasks a second: ledger after %.1f s, live count after %.1f s",
                            PER_SECOND,
                            ledger,
                            live),
                    figures,
                    ledger <= LONGEST_SECONDS && live <= LONGEST_SECONDS,
                    List.of());
        }
    }

    /** Sends the events of so many seconds, in as many; returns how many calls that were. */
    private static long send(CallEventSource source, int seconds) throws InterruptedException {
        int tasks = seconds * PER_SECOND;
        for (int i = 0; i < tasks; i++) {
            source.send(Clock.systemUTC().instant(), i);
            TimeUnit.MILLISECONDS.sleep(1_000 / PER_SECOND);
        }
        source.flush();
        return (long) tasks * CallEventSource.CALLS_OF_TASK;
    }

    private static void awaitBoth(TaskDatabase database, long calls) throws InterruptedException {
        awaitBoth(database, calls, System.nanoTime());
    }

    private static double[] awaitBoth(TaskDatabase database, long calls, long since) throws InterruptedException {
        double[] seconds = {-1, -1};
        OpsSite.await("everything is counted", () -> {
            double now = (System.nanoTime() - since) / 1e9;
            if (seconds[0] < 0 && OpsSizeRow.inLedger(database) >= calls) {
                seconds[0] = now;
            }
            if (seconds[1] < 0 && OpsSizeRow.inLiveCount(database) >= calls) {
                seconds[1] = now;
            }
            return seconds[0] >= 0 && seconds[1] >= 0;
        });
        return seconds;
    }
}
