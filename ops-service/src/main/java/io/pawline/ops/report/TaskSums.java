package io.pawline.ops.report;

import io.pawline.ops.report.Report.Core;
import io.pawline.ops.report.Report.Latencies;
import io.pawline.ops.report.Report.Loss;
import io.pawline.ops.report.Report.Quantiles;
import io.pawline.ops.report.Report.TaskSpan;
import io.pawline.schemas.Stage;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;

/** Reads the sums over the tasks that were submitted in a period. */
final class TaskSums {

    private static final String CORE = """
            select count(*) tasks,
                count(*) filter (where state = 'success') succeeded,
                count(*) filter (where state = 'failed') failed,
                count(*) filter (where state = 'expired') expired,
                count(*) filter (where state = 'cancelled') cancelled,
                count(*) filter (where state = 'accepted') open,
                count(callback_url) with_callback,
                count(*) filter (where callback_url is not null and delivered_at is not null) called_back,
                count(*) filter (where callback_url is not null and delivered_at is null and ended_at is not null)
                    ended_not_called_back,
                count(*) filter (where callback_url is not null and (delivery_attempts > 0 or delivered_at is not null))
                    callback_tried
            from task where id >= :from and id < :to<tenant>
            """;

    private static final String LATENCIES = """
            select count(<time>) number, percentile_disc(array[0.5, 0.95, 0.99]) within group (
                order by extract(epoch from <time> - submitted_at)::float8) filter (where <time> is not null) quantiles
            from task where id >= :from and id < :to<tenant> and (<condition>)
            """;

    /** The query counts tasks that say the same as an earlier one of the same tenant. */
    private static final String RESUBMITTED = """
            select coalesce(sum(tasks - 1), 0) from (
                select count(*) tasks from task
                where id >= :from and id < :to<tenant> and coalesce(client_ref, fingerprint) is not null
                group by tenant, coalesce(client_ref, fingerprint)) same
            """;

    private static final String OVER_TIME = """
            select span, count(*) filter (where state = 'success') succeeded,
                count(*) filter (where state = 'failed') failed,
                count(*) filter (where state = 'expired') expired,
                count(*) filter (where state = 'cancelled') cancelled,
                count(*) filter (where state = 'accepted') open
            from (select state, date_bin(make_interval(secs => :span), submitted_at, :start) span
                from task where id >= :from and id < :to<tenant>) placed
            group by span order by span
            """;

    private static final String LOSSES = """
            select ending_stage, state, coalesce(reason, 'unclassified') reason, count(*) tasks
            from task where id >= :from and id < :to<tenant> and state in ('failed', 'expired', 'cancelled')
            group by 1, 2, 3
            """;

    private static final String SUCCESSES_NOT_NOTIFIED = """
            select count(*) from task where id >= :from and id < :to<tenant> and state = 'success'
                and callback_url is not null and delivered_at is null
            """;

    private final PeriodQueries period;

    TaskSums(PeriodQueries period) {
        this.period = period;
    }

    Core core() {
        return period.queryTasks(CORE)
                .map((row, _) -> {
                    long tasks = row.getLong("tasks");
                    long succeeded = row.getLong("succeeded");
                    long wanted = row.getLong("with_callback");
                    long notified = row.getLong("called_back");
                    long tried = row.getLong("callback_tried");
                    long lost = row.getLong("failed") + row.getLong("expired") + row.getLong("cancelled");
                    return new Core(
                            tasks,
                            succeeded,
                            row.getLong("failed"),
                            row.getLong("expired"),
                            row.getLong("cancelled"),
                            row.getLong("open"),
                            wanted,
                            notified,
                            wanted - notified,
                            row.getLong("ended_not_called_back"),
                            tried,
                            Shares.of(succeeded, tasks),
                            Shares.of(lost, tasks),
                            Shares.of(notified, wanted),
                            Shares.of(notified, tried));
                })
                .one();
    }

    Latencies latencies() {
        return new Latencies(
                quantiles("ended_at", "true"),
                quantiles("ended_at", "state = 'success'"),
                quantiles("delivered_at", "callback_url is not null"));
    }

    private Quantiles quantiles(String time, String condition) {
        return period.queryTasks(LATENCIES.replace("<time>", time).replace("<condition>", condition))
                .map((row, _) -> {
                    java.sql.Array array = row.getArray("quantiles");
                    Double[] quantiles = array == null ? new Double[3] : (Double[]) array.getArray();
                    return new Quantiles(row.getLong("number"), quantiles[0], quantiles[1], quantiles[2]);
                })
                .one();
    }

    long resubmitted() {
        return period.queryTasks(RESUBMITTED).mapTo(Long.class).one();
    }

    /** Sums up the tasks by the time of their submission; there is no span in which none was submitted. */
    List<TaskSpan> overTime(Duration span) {
        return period.queryTasks(OVER_TIME)
                .bind("span", span.toSeconds())
                .bind("start", period.period().start())
                .map((row, _) -> new TaskSpan(
                        row.getObject("span", OffsetDateTime.class).toInstant(),
                        row.getLong("succeeded"),
                        row.getLong("failed"),
                        row.getLong("expired"),
                        row.getLong("cancelled"),
                        row.getLong("open")))
                .list();
    }

    /** Sums up the tasks that ended without success, in the order of the stages, the most frequent reason first. */
    List<Loss> losses() {
        return period
                .queryTasks(LOSSES)
                .map((row, _) -> new Loss(
                        row.getString("ending_stage"),
                        row.getString("state"),
                        row.getString("reason"),
                        row.getLong("tasks")))
                .stream()
                .sorted(Comparator.comparingInt(TaskSums::place)
                        .thenComparing(Comparator.comparingLong(Loss::tasks).reversed())
                        .thenComparing(Loss::reason))
                .toList();
    }

    private static int place(Loss loss) {
        return Stage.ofCode(loss.stage() == null ? "" : loss.stage())
                .map(Stage::ordinal)
                .orElse(Stage.values().length);
    }

    long successesNotNotified() {
        return period.queryTasks(SUCCESSES_NOT_NOTIFIED).mapTo(Long.class).one();
    }
}
