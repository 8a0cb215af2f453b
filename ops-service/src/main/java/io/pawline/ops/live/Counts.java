package io.pawline.ops.live;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Sums what happened in a stage, or in several.
 *
 * @param tasks that made their first call of the stage
 * @param calls begun
 */
record Counts(long tasks, long calls, long succeeded, long failures, long timeouts, long costMicros) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    static Counts of(ResultSet row) throws SQLException {
        return new Counts(
                row.getLong("tasks"),
                row.getLong("calls"),
                row.getLong("succeeded"),
                row.getLong("failures"),
                row.getLong("timeouts"),
                row.getLong("cost_micros"));
    }

    Counts and(Counts other) {
        return new Counts(
                tasks + other.tasks,
                calls + other.calls,
                succeeded + other.succeeded,
                failures + other.failures,
                timeouts + other.timeouts,
                costMicros + other.costMicros);
    }

    /** Counts the calls that were not the first of their task in their stage. */
    long retries() {
        return Math.max(0, calls - tasks);
    }

    /**
     * Divides the calls by the tasks; 1 if there were none. Retries of earlier tasks only count as those of one task.
     */
    double amplification() {
        return calls == 0 ? 1 : rounded((double) calls / Math.max(1, tasks));
    }

    double retryShare() {
        return calls == 0 ? 0 : rounded((double) retries() / calls);
    }

    BigDecimal cost() {
        return money(costMicros);
    }

    static BigDecimal money(long micros) {
        return BigDecimal.valueOf(micros, 6);
    }

    static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
