package io.pawline.ops.report;

import io.pawline.ops.report.ReportCost.Waste;
import java.util.List;
import java.util.Locale;

/** Reads what the calls that began in a period cost. */
final class CostSums {

    private static final String PROVIDERS = """
            select provider, count(*) calls,
                count(*) filter (where billed = 'yes') billed,
                count(*) filter (where billed = 'unknown') perhaps,
                count(*) filter (where billed = 'no') not_billed,
                coalesce(sum(cost_micros), 0) cost_micros
            from call_attempt where started_at >= :from and started_at < :to
            group by provider order by cost_micros desc, provider
            """;

    private static final String WASTE = """
            with call as (
                select task_id, generation, orphaned, outcome, cost_micros,
                    count(*) filter (where outcome = 'succeeded' and not orphaned) over (
                        partition by task_id, generation, stage order by started_at, call_id) place
                from call_attempt where started_at >= :from and started_at < :to and cost_micros > 0
            ), judged as (
                select task_id, generation, case
                        when orphaned then 'orphaned'
                        when outcome = 'failed' then 'failed'
                        when place > 1 then 'repeated' end why,
                    count(*) calls, sum(cost_micros) cost_micros
                from call group by 1, 2, 3
            ), billed as (
                select coalesce(why, case
                        when task.generation = judged.generation and task.state = 'expired' then 'expired'
                        when task.generation > judged.generation or task.state in ('failed', 'cancelled')
                            then 'unsuccessful' end) why, calls, judged.cost_micros
                from judged left join lateral (
                    select generation, state from task where id = judged.task_id and why is null offset 0) task on true
            )
            select why, sum(calls) calls, sum(cost_micros) cost_micros from billed where why is not null group by why
            """;

    private static final String PAID_TWICE = """
            select count(distinct task_id) from (
                select task_id from call_attempt
                where started_at >= :from and started_at < :to and cost_micros > 0
                group by task_id, generation, stage having count(*) > 1) twice
            """;

    private final PeriodQueries period;

    CostSums(PeriodQueries period) {
        this.period = period;
    }

    /** The calls to one provider, with their cost in millionths. */
    record Bill(String provider, long calls, long billed, long perhaps, long notBilled, long micros) {}

    List<Bill> bills() {
        return period.query(PROVIDERS)
                .map((row, _) -> new Bill(
                        row.getString("provider"),
                        row.getLong("calls"),
                        row.getLong("billed"),
                        row.getLong("perhaps"),
                        row.getLong("not_billed"),
                        row.getLong("cost_micros")))
                .list();
    }

    /** The calls that were of no use, with their cost in millionths. */
    record Lost(Waste why, long calls, long micros) {}

    List<Lost> waste() {
        return period.query(WASTE)
                .map((row, _) -> new Lost(
                        Waste.valueOf(row.getString("why").toUpperCase(Locale.ROOT)),
                        row.getLong("calls"),
                        row.getLong("cost_micros")))
                .list();
    }

    long paidTwice() {
        return period.query(PAID_TWICE).mapTo(Long.class).one();
    }
}
