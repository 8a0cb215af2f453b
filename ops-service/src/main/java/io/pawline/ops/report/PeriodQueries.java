package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The queries of one report: all in one transaction, so that their sums agree, and of one period.
 *
 * @param handle of the transaction
 */
record PeriodQueries(Handle handle, Period period) {

    /** A query with the parameters {@code from} and {@code to} bound. */
    Query query(String sql) {
        return handle.createQuery(sql).bind("from", period.start()).bind("to", period.end());
    }
}
