package io.pawline.benchmarks;

import io.pawline.taskstore.TaskDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Fills the tables with tasks and calls of the past, by SQL and some at a time, before a service uses them. For one
 * thread.
 */
final class HistoryFill {

    /** Some of the tenants of {@link #tasks}: those of most of them, of a third, of each thousandth, and of next to none. */
    static final List<String> TENANTS = List.of("large", "middle", "small", "many-7");

    /** Tasks of one statement, so that each takes some seconds. */
    private static final int AT_ONCE = 25_000;

    /** The id has the time of the task, and is otherwise made from its number. */
    private static final String ID = """
            (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(cast(:salt as text) || n), 1, 3) || '8'
                || substr(md5(cast(:salt as text) || n), 4, 15))::uuid""";

    private static final String TASKS = """
            insert into task (id, tenant, style, photo_url, callback_url, submitted_at, deadline, relayed_at, client_ref,
                metadata, state, ended_at, ending_stage, reason, detail, result, delivered_at, delivery_attempts)
            select %s,
                case when n %% 10 < 6 then 'large' when n %% 10 < 9 then 'middle' when n %% 1000 = 9 then 'small'
                    else 'many-' || n %% 97 end,
                'ink', 'https://photos.example/' || n || '.jpg', 'https://shop.example/callback', at,
                at + interval '1 hour', at, case when n %% 3 = 0 then 'all' when n %% 3 = 1 then 'order-' || n end,
                case when :filler > 0 then json_build_object('filler', (
                    select string_agg(md5(n::text || part), '') from generate_series(1, :filler / 32) part)) end,
                case when n %% 20 = 7 then 'failed' when n %% 50 = 3 then 'expired' when n %% 70 = 9 then 'cancelled'
                    else 'success' end,
                at + interval '40 seconds', null,
                case when n %% 20 = 7 then 'read_timeout' when n %% 50 = 3 then 'deadline_passed'
                    when n %% 70 = 9 then 'cancelled' end,
                null,
                case when n %% 20 <> 7 and n %% 50 <> 3 and n %% 70 <> 9 then cast('{"image":{"key":"t/1/result.png",\
            "width":1024,"height":1024},"thumbnails":[]}' as jsonb) end,
                case when n %% 50 <> 0 then at + interval '41 seconds' end, 1
            from (select n, cast(:from as timestamptz) + (n - :first) * make_interval(secs => :step) as at
                from generate_series(:first, :last) n) numbered
            """.formatted(ID);

    private static final String CALLS = """
            insert into call_attempt (call_id, started_at, task_id, generation, tenant, stage, provider, attempt, ended_at,
                outcome, reason, phase, http_status, duration_ms, cost_micros, billed)
            select gen_random_uuid(), at + number * interval '8 seconds', %s, 1, 'large', stage, provider, 1,
                at + number * interval '8 seconds' + interval '3 seconds',
                case when (n + number) %% 25 = 0 then 'failed' else 'succeeded' end,
                case when (n + number) %% 25 = 0 then 'read_timeout' end, 'done', 200, 1000 + n %% 5000 * 7919 %% 5000,
                30000, 'yes'
            from (select n, cast(:from as timestamptz) + (n - :first) * make_interval(secs => :step) as at
                    from generate_series(:first, :last) n) numbered
                cross join (values (0, 'detect', 'ark-vision'), (1, 'generate', 'seedream'),
                    (2, 'matting', 'volcengine-visual'), (3, 'callback', 'front-end')) as call (number, stage, provider)
            """.formatted(ID);

    private final TaskDatabase database;
    private final String salt;

    /** @param salt makes its ids differ from those of other salts */
    HistoryFill(TaskDatabase database, String salt) {
        this.database = database;
        this.salt = salt;
    }

    /**
     * Adds ended tasks, evenly over a span of time.
     *
     * @param filler bytes that each carries as metadata; 0: none
     */
    void tasks(int number, Instant from, Duration span, int filler) throws SQLException {
        add(TASKS, number, from, span, filler);
    }

    /** Adds the calls of the tasks that {@link #tasks} adds with the same values: four for each. */
    void calls(int number, Instant from, Duration span) throws SQLException {
        add(CALLS, number, from, span, -1);
    }

    private void add(String statement, int number, Instant from, Duration span, int filler) throws SQLException {
        double step = span.toMillis() / 1000.0 / number;
        for (int first = 0; first < number; first += AT_ONCE) {
            int begin = first;
            database.jdbi().useTransaction(handle -> {
                handle.getConnection().setNetworkTimeout(Runnable::run, 0);
                // Without triggers: those of the sums of reports expect rows of the past to be few
                handle.execute("set local session_replication_role = replica");
                handle.execute("set local statement_timeout = 0");
                var insert = handle.createUpdate(statement)
                        .bind("salt", salt)
                        .bind("first", begin)
                        .bind("last", Math.min(begin + AT_ONCE, number) - 1)
                        .bind(
                                "from",
                                from.plusNanos((long) (begin * step * 1e9)).atOffset(ZoneOffset.UTC))
                        .bind("step", step);
                if (filler >= 0) {
                    insert.bind("filler", filler);
                }
                insert.execute();
            });
        }
    }

    /** Has the server know what the tables hold, as it does by itself after a while. */
    void analyze(String... tables) throws SQLException {
        for (String table : tables) {
            database.jdbi().useHandle(handle -> {
                handle.getConnection().setNetworkTimeout(Runnable::run, 0);
                // Tens of millions of rows take longer than a statement of the service may
                handle.execute("set statement_timeout = 0");
                handle.execute("vacuum analyze " + table);
                handle.execute(
                        "set statement_timeout = " + database.longestStatement().toMillis());
            });
        }
    }
}
