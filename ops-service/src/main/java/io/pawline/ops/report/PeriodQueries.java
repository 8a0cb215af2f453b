package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import io.pawline.schemas.TaskId;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Runs the queries of one report, all of one period and in one transaction, so that their sums agree.
 *
 * @param handle of the transaction
 */
record PeriodQueries(Handle handle, Period period) {

    /** Makes a query about calls, with the parameters {@code from} and {@code to} bound to times. */
    Query query(String sql) {
        return handle.createQuery(sql).bind("from", period.start()).bind("to", period.end());
    }

    /** Makes a query about tasks, with the parameters {@code from} and {@code to} bound to ids. */
    Query queryTasks(String sql) {
        return handle.createQuery(sql)
                .bind("from", TaskId.bound(period.from()).value())
                .bind("to", TaskId.bound(period.to()).value());
    }
}
