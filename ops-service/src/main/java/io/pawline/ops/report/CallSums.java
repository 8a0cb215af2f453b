package io.pawline.ops.report;

import io.pawline.ops.report.Report.Example;
import io.pawline.ops.report.Report.Retries;
import io.pawline.ops.report.Report.StageCalls;
import io.pawline.schemas.Reason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the sums over the calls that began in a period. */
final class CallSums {

    private static final String STAGES = """
            select stage, provider, count(*) calls,
                count(*) filter (where outcome = 'succeeded') succeeded,
                count(*) filter (where outcome = 'failed') failed,
                count(*) filter (where outcome is null) never_ended,
                count(*) filter (where orphaned) orphaned,
                count(distinct (task_id, generation)) tasks,
                count(distinct (task_id, generation)) filter (where outcome = 'failed') failed_tasks,
                coalesce(sum(cost_micros), 0) cost_micros,
                percentile_disc(0.5) within group (order by duration_ms) p50,
                percentile_disc(0.95) within group (order by duration_ms) p95,
                percentile_disc(0.99) within group (order by duration_ms) p99,
                coalesce(sum(duration_ms), 0) duration_ms,
                round(avg(duration_ms) filter (where reason = any(:timeouts)))::bigint timeout_mean
            from call_attempt where started_at >= :from and started_at < :to
            group by stage, provider
            """;

    private static final String CAUSES = """
            select stage, provider, coalesce(reason, 'unclassified') reason, count(*) failed,
                count(distinct (task_id, generation)) tasks
            from call_attempt where started_at >= :from and started_at < :to and outcome = 'failed'
            group by stage, provider, coalesce(reason, 'unclassified')
            order by failed desc, stage, provider, 3
            """;

    private static final String EXAMPLE = """
            select * from call_attempt
            where started_at >= :from and started_at < :to and outcome = 'failed' and stage = :stage
                and provider = :provider and coalesce(reason, 'unclassified') = :reason
            order by started_at desc, call_id limit 1
            """;

    /** A call is repeated if its task had made one of this stage in the period before. */
    private static final String SPANS = """
            select date_bin(make_interval(secs => :span), started_at, :from) span, stage,
                coalesce(reason, case when outcome = 'failed' then 'unclassified' end) reason,
                count(*) calls,
                count(*) filter (where outcome = 'failed') failed,
                count(*) filter (where place > 1) repeated
            from (select *, row_number() over (partition by task_id, generation, stage order by started_at, call_id) place
                  from call_attempt where started_at >= :from and started_at < :to) call
            group by 1, 2, 3 order by 1, 2, 3
            """;

    private static final String RETRIES = """
            with call as (
                select started_at, outcome, lag(outcome) over task_stage before, lag(ended_at) over task_stage before_ended,
                    count(*) over (partition by task_id, generation, stage) calls,
                    count(*) filter (where outcome = 'failed') over (partition by task_id, generation, stage) failures,
                    row_number() over task_stage place
                from call_attempt where started_at >= :from and started_at < :to
                window task_stage as (partition by task_id, generation, stage order by started_at, call_id)
            ), pause as (
                select 1000 * extract(epoch from started_at - before_ended) ms from call
                where before = 'failed' and before_ended is not null
            )
            select (select count(*) from pause) repeated,
                (select count(*) from pause where ms < 1000) at_once,
                (select percentile_disc(0.5) within group (order by ms) from pause)::bigint p50,
                (select percentile_disc(0.95) within group (order by ms) from pause)::bigint p95,
                coalesce((select avg(calls) from call where place = 1 and failures > 0), 0)::float8 calls_of_failing,
                coalesce((select max(calls) from call), 0) most_calls
            """;

    private static final String[] TIMEOUTS = Arrays.stream(Reason.values())
            .filter(reason -> reason.scope() == Reason.Scope.TIMEOUT)
            .map(Reason::code)
            .toArray(String[]::new);

    private final PeriodQueries period;

    CallSums(PeriodQueries period) {
        this.period = period;
    }

    /**
     * The calls of a stage to a provider, and the time they took.
     *
     * @param time of all its calls, in milliseconds
     */
    record StageTime(StageCalls calls, long time) {}

    List<StageTime> stages() {
        return period.query(STAGES)
                .bind("timeouts", TIMEOUTS)
                .map((row, _) -> new StageTime(stage(row), row.getLong("duration_ms")))
                .list();
    }

    private static StageCalls stage(ResultSet row) throws SQLException {
        long calls = row.getLong("calls");
        long tasks = row.getLong("tasks");
        long succeeded = row.getLong("succeeded");
        long failed = row.getLong("failed");
        return new StageCalls(
                row.getString("stage"),
                row.getString("provider"),
                calls,
                succeeded,
                failed,
                row.getLong("never_ended"),
                row.getLong("orphaned"),
                tasks,
                row.getLong("failed_tasks"),
                calls - tasks,
                Shares.of(succeeded, succeeded + failed),
                Shares.of(failed, succeeded + failed),
                Shares.of(calls, tasks),
                Shares.money(row.getLong("cost_micros")),
                row.getObject("p50", Long.class),
                row.getObject("p95", Long.class),
                row.getObject("p99", Long.class),
                row.getObject("timeout_mean", Long.class));
    }

    /** The failed calls of one cause. */
    record Failed(String stage, String provider, String reason, long count, long tasks) {}

    List<Failed> causes() {
        return period.query(CAUSES)
                .map((row, _) -> new Failed(
                        row.getString("stage"),
                        row.getString("provider"),
                        row.getString("reason"),
                        row.getLong("failed"),
                        row.getLong("tasks")))
                .list();
    }

    /** Finds the newest failed call of a cause. */
    Example example(Failed cause) {
        return period.query(EXAMPLE)
                .bind("stage", cause.stage())
                .bind("provider", cause.provider())
                .bind("reason", cause.reason())
                .map((row, _) -> new Example(
                        cause.stage(),
                        cause.provider(),
                        cause.reason(),
                        row.getObject("started_at", OffsetDateTime.class).toInstant(),
                        row.getObject("task_id", UUID.class),
                        row.getInt("attempt"),
                        row.getString("phase"),
                        row.getObject("http_status", Integer.class),
                        row.getString("provider_code"),
                        row.getString("request_id"),
                        row.getObject("duration_ms", Long.class)))
                .one();
    }

    /**
     * The calls of one stage that began in one span of time.
     *
     * @param reason of those that failed; null: of those that did not
     */
    record Part(Instant at, String stage, @Nullable String reason, long calls, long failures, long repeated) {}

    List<Part> parts(Duration span) {
        return period.query(SPANS)
                .bind("span", span.toSeconds())
                .map((row, _) -> new Part(
                        row.getObject("span", OffsetDateTime.class).toInstant(),
                        row.getString("stage"),
                        row.getLong("failed") == 0 ? null : row.getString("reason"),
                        row.getLong("calls"),
                        row.getLong("failed"),
                        row.getLong("repeated")))
                .list();
    }

    Retries retries() {
        return period.query(RETRIES)
                .map((row, _) -> new Retries(
                        row.getLong("repeated"),
                        row.getLong("at_once"),
                        Shares.of(row.getLong("at_once"), row.getLong("repeated")),
                        row.getObject("p50", Long.class),
                        row.getObject("p95", Long.class),
                        Math.round(row.getDouble("calls_of_failing") * 100) / 100.0,
                        row.getLong("most_calls")))
                .one();
    }
}
