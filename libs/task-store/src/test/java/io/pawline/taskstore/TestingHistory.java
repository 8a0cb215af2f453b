package io.pawline.taskstore;

import io.pawline.taskstore.Partitions.Layout;
import io.pawline.taskstore.Partitions.Length;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Handle;

/**
 * Fills the task table with a history by SQL. It is uneven on purpose, as histories are: tenants that are large, small,
 * or have not submitted for weeks, reasons that are rare, names that one client gives to all its tasks.
 */
public final class TestingHistory {

    private static final String TASKS = """
            insert into task (id, tenant, style, photo_url, callback_url, submitted_at, deadline, relayed_at, client_ref,
                state, ended_at, ending_stage, reason, detail, result, delivered_at, delivery_attempts)
            select id,
                tenant, (array['ink', 'oil', 'watercolour'])[1 + n % 3], 'https://photos.example/' || n || '.jpg',
                'https://shop.example/callback', at, at + interval '1 hour', at,
                case when n % 3 = 0 then 'all' when n % 3 = 1 then 'order-' || n end,
                state, at + interval '40 seconds', case when reason is not null then 'generate' end, reason,
                case when reason is not null then 'The provider did not answer in time.' end,
                case when state = 'success' then cast(:result as jsonb) end,
                case when n % 50 <> 0 then at + interval '41 seconds' end, 1
            from (
                select n, at, tenant,
                    (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
                        || '8' || substr(md5(n::text), 4, 15))::uuid id,
                    case when tenant = 'gone' or n % 20 = 7 then 'failed' when n % 50 = 3 then 'expired'
                        when n % 70 = 9 then 'cancelled' else 'success' end state,
                    case when tenant = 'gone' then 'unclassified' when n % 20 = 7 then
                            case when n % 4000 = 7 then 'billing' else 'read_timeout' end
                        when n % 50 = 3 then 'deadline_passed' when n % 70 = 9 then 'cancelled' end reason
                from (
                    select n, cast(:from as timestamptz) + n * make_interval(secs => :step) as at,
                        case when n < :tasks / 10 and n % 2 = 0 then 'gone' when n % 10 < 6 then 'large'
                            when n % 10 < 9 then 'middle' when n % 1000 = 9 then 'small' else 'many-' || n % 97 end tenant
                    from generate_series(:first, :last) n) numbered) told
            """;

    /** Tasks of one statement, so that none takes too long. */
    private static final int AT_ONCE = 25_000;

    private TestingHistory() {}

    /** Divides a time by weeks, as it is after months of service. A new database has one part for all that was before. */
    public static void divide(TaskDatabase database, Instant from, Instant to) throws SQLException {
        divide(
                database,
                new Partitions(database, new Layout("task", Partitions.Key.TASK_ID, Length.WEEK, "")),
                from,
                to);
    }

    /** Divides a time, and the month to come, as these partitions are. */
    public static void divide(TaskDatabase database, Partitions partitions, Instant from, Instant to)
            throws SQLException {
        database.jdbi().useHandle(handle -> {
            handle.execute("alter table task detach partition task_first concurrently");
            handle.execute("drop table task_first");
        });
        partitions.make(from, to);
        Instant now = Clock.systemUTC().instant();
        partitions.make(now, now.plus(Duration.ofDays(31)));
    }

    /** Adds so many tasks, evenly over this span of time, and has the server know what it holds. */
    public static void add(TaskDatabase database, int tasks, Instant from, Duration span) {
        database.jdbi().useHandle(handle -> {
            for (int first = 0; first < tasks; first += AT_ONCE) {
                handle.createUpdate(TASKS)
                        .bind("tasks", tasks)
                        .bind("first", first)
                        .bind("last", Math.min(first + AT_ONCE, tasks) - 1)
                        .bind("result", TaskRow.json(TestingTasks.success().pictures()))
                        .bind("from", from.atOffset(ZoneOffset.UTC))
                        .bind("step", span.toMillis() / 1000.0 / tasks)
                        .execute();
            }
            analyze(handle);
        });
    }

    /** Of millions of tasks, this takes longer than services let a statement take. */
    private static void analyze(Handle handle) {
        try {
            int timeout = handle.getConnection().getNetworkTimeout();
            handle.getConnection().setNetworkTimeout(Runnable::run, 0);
            handle.execute("set statement_timeout = 0");
            handle.execute("vacuum analyze task");
            handle.execute("set statement_timeout = " + DatabasePool.STATEMENT.toMillis());
            handle.getConnection().setNetworkTimeout(Runnable::run, timeout);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
