package io.pawline.benchmarks;

import io.pawline.simulator.ProviderSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the afternoon of one side, from the first request until nothing happens any more, and counts what came of it.
 */
final class IncidentAfternoon {

    private static final Clock CLOCK = Clock.systemUTC();

    /** The time, as in the report, that the front end waits for a callback before it submits the task again. */
    static final Duration PATIENCE = Duration.ofMinutes(15);

    /** Usually half of the time that a task takes. */
    static final Duration BETWEEN_LOOKS = Duration.ofSeconds(15);

    private static final int WARM_UP = 100;
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    /**
     * If no task has ended and no front end was notified for so long, as in the report's time, nothing more will come:
     * no retry waits longer.
     */
    private static final Duration STANDSTILL = Duration.ofHours(10);

    private static final Duration LEAST_STANDSTILL = Duration.ofSeconds(15);

    private final IncidentDay day;
    private final Incident.Side side;
    private final Journal journal;
    private final ProviderSimulator simulator;
    private final LoadGenerator loadGenerator;
    private final Path settings;

    /** @param settings of the local stack */
    IncidentAfternoon(
            IncidentDay day,
            Incident.Side side,
            Journal journal,
            ProviderSimulator simulator,
            LoadGenerator loadGenerator,
            Path settings) {
        this.day = day;
        this.side = side;
        this.journal = journal;
        this.simulator = simulator;
        this.loadGenerator = loadGenerator;
        this.settings = settings;
    }

    SideFigures pass() throws Exception {
        simulator.beginNow();
        loadGenerator.warmUp(WARM_UP, day.arrivals().end().dividedBy(day.tasks()));
        awaitEndOfWarmUp();
        long repeatsBefore = simulator.repeatsBilled();
        journal.step("  warm; the afternoon begins");
        simulator.beginNow();
        Instant start = CLOCK.instant();
        List<Duration> moments = day.moments();
        try (IncidentQueries queries = IncidentQueries.open(settings, start);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> load = CompletableFuture.runAsync(
                    () -> {
                        try {
                            loadGenerator.run(moments);
                        } catch (InterruptedException stopped) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    threads);
            awaitQuiet(queries, start, load);
            load.get();
            awaitLedger(queries);
            SideFigures figures = figures(queries, start, simulator.repeatsBilled() - repeatsBefore);
            journal.step("  " + figures);
            return figures;
        }
    }

    /** On a busy machine tasks and calls outlast the warm-up. What is paid for them is not the afternoon's. */
    private void awaitEndOfWarmUp() throws IOException, SQLException, InterruptedException {
        try (IncidentQueries queries = IncidentQueries.open(settings, Instant.EPOCH)) {
            while (queries.standing().open() > 0 || simulator.inFlight() > 0) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private void awaitQuiet(IncidentQueries queries, Instant start, CompletableFuture<Void> load)
            throws SQLException, InterruptedException {
        Duration standstill = side == Incident.Side.CONTROL ? Duration.ZERO : day.real(STANDSTILL);
        if (standstill.compareTo(LEAST_STANDSTILL) < 0) {
            standstill = LEAST_STANDSTILL;
        }
        IncidentQueries.Standing before = queries.standing();
        long changed = System.nanoTime();
        long line = 0;
        while (true) {
            TimeUnit.MILLISECONDS.sleep(500);
            IncidentQueries.Standing now = queries.standing();
            long nanos = System.nanoTime();
            if (!now.equals(before) || !load.isDone()) {
                changed = nanos;
            }
            before = now;
            if (nanos - line > BETWEEN_LINES.toNanos()) {
                line = nanos;
                report(now, Duration.between(start, CLOCK.instant()));
            }
            boolean over = now.open() == 0 && now.undelivered() == 0;
            if (load.isDone() && (over || nanos - changed > standstill.toNanos())) {
                report(now, Duration.between(start, CLOCK.instant()));
                return;
            }
        }
    }

    private void report(IncidentQueries.Standing now, Duration since) {
        journal.step("  %s  accepted %5d, open %5d, succeeded %5d, called back %5d, asked again %d"
                .formatted(
                        day.clock(since),
                        now.tasks(),
                        now.open(),
                        now.succeeded(),
                        loadGenerator.notifiedCount(),
                        loadGenerator.askedAgain()));
    }

    /** Waits for the ledger, which is written some time after the calls. */
    private static void awaitLedger(IncidentQueries queries) throws SQLException, InterruptedException {
        long before = -1;
        long known = queries.callsKnown();
        while (known != before) {
            TimeUnit.SECONDS.sleep(2);
            before = known;
            known = queries.callsKnown();
        }
    }

    private SideFigures figures(IncidentQueries queries, Instant start, long paidTwice) throws SQLException {
        IncidentQueries.Standing standing = queries.standing();
        List<Duration> waits = loadGenerator.waits();
        long failed = queries.failedCalls();
        double tasks = standing.tasks();
        ExpectedEnds.Errors errors = loadGenerator.expectedEnds().errors(queries.ends());
        return new SideFigures(
                standing.tasks(),
                percent(standing.succeeded() / tasks),
                percent(1 - loadGenerator.impossible() / tasks),
                percent(waits.size() / tasks),
                standing.open(),
                failed == 0 ? 0 : percent((double) queries.unclassifiedCalls() / failed),
                Math.round(queries.amplification() * 1000) / 1000.0,
                paidTwice,
                queries.repeatedAfterUnknown(),
                queries.repeatedAfterPaid(),
                quantile(waits, 0.5),
                quantile(waits, 0.95),
                quantile(waits, 0.99),
                queries.drainedAfter(start.plus(day.lastPeakEnds()))
                        .map(drained -> rounded(Math.max(0, day.inReport(drained))))
                        .orElse(null),
                errors.firstPct(),
                errors.laterPct(),
                errors.knownPct(),
                loadGenerator.askedAgain(),
                loadGenerator.postponed(),
                Math.round(queries.costPerSuccess() * 10_000) / 10_000.0,
                window(queries, start),
                queries.failures(),
                queries.finalStates());
    }

    private SideFigures.@Nullable Window window(IncidentQueries queries, Instant start) throws SQLException {
        IncidentScenario scenario = day.scenario();
        if (scenario == IncidentScenario.REPORT) {
            return null;
        }
        IncidentQueries.Submitted submitted =
                queries.submitted(start.plus(day.real(scenario.from())), start.plus(day.real(scenario.to())));
        return new SideFigures.Window(
                submitted.tasks(), submitted.expired(), rounded(day.inReport(submitted.timeOfNineteenInTwenty())));
    }

    private double quantile(List<Duration> sorted, double share) {
        if (sorted.isEmpty()) {
            return 0;
        }
        return rounded(day.inReport(sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1))));
    }

    private static double percent(double share) {
        return Math.round(share * 10_000) / 100.0;
    }

    private static double rounded(double figure) {
        return Math.round(figure * 10) / 10.0;
    }
}
