package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import io.pawline.schemas.TaskId;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Runs the queries of one report, all of one period and in one transaction, so that their sums agree. A query has the
 * place {@code <tenant>} for the condition on the tenant.
 *
 * @param handle of the transaction
 * @param tenant of the tasks and calls; null: of all tenants
 */
record PeriodQueries(Handle handle, Period period, @Nullable String tenant) {

    /** Makes a query about calls, with the parameters {@code from} and {@code to} bound to times. */
    Query query(String sql) {
        return ofTenant(sql).bind("from", period.start()).bind("to", period.end());
    }

    /** Makes a query about tasks, with the parameters {@code from} and {@code to} bound to ids. */
    Query queryTasks(String sql) {
        return ofTenant(sql)
                .bind("from", TaskId.bound(period.from()).value())
                .bind("to", TaskId.bound(period.to()).value());
    }

    private Query ofTenant(String sql) {
        Query query = handle.createQuery(sql.replace("<tenant>", tenant == null ? "" : " and tenant = :tenant"));
        return tenant == null ? query : query.bind("tenant", tenant);
    }
}
