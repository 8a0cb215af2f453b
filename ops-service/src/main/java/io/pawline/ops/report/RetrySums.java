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

    /**
     * These sums, to be added to others.
     *
     * @param pauses as {@link ExactPercentiles#bytes}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(long repeated, long atOnce, long mostCalls, long failing, long callsOfFailing, byte[] pauses) {}

    void add(PlacedCall placed) {
        LedgerCall before = placed.before();
        if (before != null && before.failed() && before.endedAt() != null) {
            addPause(before.endedAt(), placed.call().startedAt());
        }
        mostCalls = Math.max(mostCalls, placed.place());
        failing += placed.firstFailure() ? 1 : 0;
        callsOfFailing += placed.callsOfFailing();
    }

    void add(Part part) {
        repeated += part.repeated();
        atOnce += part.atOnce();
        mostCalls = Math.max(mostCalls, part.mostCalls());
        failing += part.failing();
        callsOfFailing += part.callsOfFailing();
        pauses.add(part.pauses());
    }

    Part sums() {
        return new Part(repeated, atOnce, mostCalls, failing, callsOfFailing, pauses.bytes());
    }

    private void addPause(Instant failure, Instant next) {
        long micros = ChronoUnit.MICROS.between(failure, next);
        repeated++;
        atOnce += micros < SECOND ? 1 : 0;
        pauses.add(Long.signum(micros) * ((Math.abs(micros) + 500) / 1_000));
    }

    Retries retries() {
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
