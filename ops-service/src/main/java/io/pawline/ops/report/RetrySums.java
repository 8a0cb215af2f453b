package io.pawline.ops.report;

import io.pawline.ops.report.Report.Retries;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Sums up how failed calls were repeated. For one thread. */
final class RetrySums {

    private static final long SECOND = 1_000_000;

    private final ExactPercentiles pauses = new ExactPercentiles();
    private long repeated;
    private long atOnce;
    private long mostCalls;
    private long failing;
    private long callsOfFailing;

    /** The calls of the task in the stage that is being read. */
    private long calls;

    private boolean failed;

    void add(PlacedCall placed) {
        if (placed.first()) {
            endTaskStage();
        }
        LedgerCall before = placed.before();
        if (before != null && before.failed() && before.endedAt() != null) {
            addPause(before.endedAt(), placed.call().startedAt());
        }
        calls = placed.place();
        failed |= placed.call().failed();
        mostCalls = Math.max(mostCalls, calls);
    }

    private void addPause(Instant failure, Instant next) {
        long micros = ChronoUnit.MICROS.between(failure, next);
        repeated++;
        atOnce += micros < SECOND ? 1 : 0;
        pauses.add(Long.signum(micros) * ((Math.abs(micros) + 500) / 1_000));
    }

    private void endTaskStage() {
        if (failed) {
            failing++;
            callsOfFailing += calls;
        }
        failed = false;
    }

    Retries retries() {
        endTaskStage();
        return new Retries(
                repeated,
                atOnce,
                Shares.of(atOnce, repeated),
                pauses.at(0.5),
                pauses.at(0.95),
                failing == 0 ? 0 : Math.round(100.0 * callsOfFailing / failing) / 100.0,
                mostCalls);
    }
}
