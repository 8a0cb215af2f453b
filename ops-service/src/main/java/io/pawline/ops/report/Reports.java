package io.pawline.ops.report;

import io.pawline.ops.audit.Audit;
import io.pawline.ops.http.Period;
import io.pawline.ops.report.CauseSums.Failed;
import io.pawline.ops.report.CostSums.Bill;
import io.pawline.ops.report.CostSums.Lost;
import io.pawline.ops.report.Report.Bottleneck;
import io.pawline.ops.report.Report.Cascade;
import io.pawline.ops.report.Report.Cause;
import io.pawline.ops.report.Report.Change;
import io.pawline.ops.report.Report.Replay;
import io.pawline.ops.report.Report.Span;
import io.pawline.ops.report.Report.StageCalls;
import io.pawline.ops.report.Report.Verdict;
import io.pawline.ops.report.ReportCost.ProviderCost;
import io.pawline.ops.report.ReportCost.Wasted;
import io.pawline.ops.report.StageSums.StageTime;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes reports of periods, each from what the tables hold at one moment. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class Reports {

    private static final int EXAMPLES = 6;

    /** More of them in a picture would hide it. */
    private static final int MOST_CHANGES = 100;

    /** Fewer calls in a span of time, or failures in a period, say nothing about a cascade. */
    private static final int ENOUGH = 20;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, Long>> OUTCOMES = new TypeReference<>() {};

    private final TaskDatabase database;
    private final double budget;
    private final Clock clock;

    /** @param budget amplification above which retries are held to have fed the load */
    Reports(TaskDatabase database, double budget, Clock clock) {
        this.database = database;
        this.budget = budget;
        this.clock = clock;
    }

    /** Makes the report of a period, of all tenants. */
    Report of(Period period) {
        return of(period, null);
    }

    /** Makes the report of a period, of the tasks and calls of a tenant; null: of all. */
    Report of(Period period, @Nullable String tenant) {
        return of(period, tenant, false, _ -> {});
    }

    /**
     * Makes the report of a period.
     *
     * @param tenant of the tasks and calls; null: of all
     * @param exact whether each row is read, also where sums are there already
     * @param progress takes the share of the rows that are read, from 0 to 1
     */
    Report of(Period period, @Nullable String tenant, boolean exact, DoubleConsumer progress) {
        return database.inTransaction(handle -> {
            handle.execute("set transaction isolation level repeatable read, read only");
            HistoryPlans.use(handle);
            handle.execute("set local work_mem = '64MB'");
            Reading reading = new Reading(period, database.longestStatement(), clock, progress);
            return report(new PeriodQueries(handle, period, tenant), exact, reading);
        });
    }

    private Report report(PeriodQueries queries, boolean exact, Reading reading) {
        Period period = queries.period();
        Duration span = OverTime.span(period);
        RollUpReader rollUps = new RollUpReader(queries, exact);
        TaskSums tasks = new TaskSums(period.from(), span);
        for (PeriodQueries rest : rollUps.tasks(tasks::add)) {
            new TaskReader(rest, reading).forEach(tasks::add);
        }
        CallReader reader = new CallReader(queries, reading);
        CallSums calls = new CallSums(period.from(), span, reader);
        for (PeriodQueries rest : rollUps.calls(calls::add)) {
            new CallReader(rest, reading)
                    .forEachTask(
                            (_, ofTask) -> calls.addTask(ofTask, rest.period().from()));
        }
        Report.Core core = tasks.core();
        List<StageTime> stages = calls.stages().stream()
                .sorted(Comparator.comparingInt(
                                (StageTime stage) -> place(stage.calls().stage()))
                        .thenComparing(stage -> stage.calls().provider()))
                .toList();
        List<Failed> causes = calls.causes();
        OverTime overTime = new OverTime(span, calls.parts());
        List<Cause> failures = causes(causes);
        return new Report(
                period.from(),
                period.to(),
                clock.instant(),
                core,
                stages.stream().map(StageTime::calls).toList(),
                failures,
                causes.stream()
                        .limit(EXAMPLES)
                        .map(reader::example)
                        .flatMap(Optional::stream)
                        .toList(),
                overTime.span().toSeconds(),
                overTime.spans(),
                overTime.peaks(),
                cascade(overTime.spans(), tasks.resubmitted()),
                bottlenecks(stages, failures),
                calls.retries(),
                tasks.latencies(),
                cost(calls, core, stages),
                queries.tenant(),
                tasks.overTime(),
                tasks.losses(),
                tasks.successesNotNotified(),
                exact,
                changes(queries),
                replays(queries));
    }

    private static List<Change> changes(PeriodQueries queries) {
        Period period = queries.period();
        return Audit.controls(queries.handle(), period.from(), period.to(), MOST_CHANGES).stream()
                .map(control -> new Change(
                        control.at(),
                        control.subject(),
                        control.action(),
                        control.who(),
                        control.why(),
                        control.limit(),
                        control.until()))
                .toList();
    }

    private static List<Replay> replays(PeriodQueries queries) {
        Period period = queries.period();
        return Audit.replays(queries.handle(), period.from(), period.to(), MOST_CHANGES).stream()
                .map(Reports::replay)
                .toList();
    }

    private static Replay replay(Audit.Audited audited) {
        Audit.Entry order = audited.entry();
        Map<String, Long> became = audited.outcome() == null ? Map.of() : JSON.readValue(audited.outcome(), OUTCOMES);
        long succeeded = became.getOrDefault("succeeded", 0L);
        long lost = Stream.of("failed", "expired", "cancelled")
                .mapToLong(state -> became.getOrDefault(state, 0L))
                .sum();
        long notSent = became.getOrDefault("skipped", 0L);
        return new Replay(
                order.at(),
                Objects.requireNonNull(order.replay(), "a replay without an id"),
                order.who(),
                order.why(),
                order.deadLetters(),
                succeeded,
                lost,
                order.deadLetters() - succeeded - lost - notSent,
                notSent);
    }

    private static int place(String stage) {
        return Stage.ofCode(stage).map(Stage::ordinal).orElse(Stage.values().length);
    }

    private static List<Cause> causes(List<Failed> causes) {
        long all = causes.stream().mapToLong(Failed::count).sum();
        Map<String, Long> ofStage =
                causes.stream().collect(Collectors.groupingBy(Failed::stage, Collectors.summingLong(Failed::count)));
        return causes.stream()
                .map(cause -> new Cause(
                        cause.stage(),
                        cause.provider(),
                        cause.reason(),
                        Family.of(cause.reason()),
                        cause.count(),
                        cause.tasks(),
                        Shares.of(cause.count(), all),
                        Shares.of(cause.count(), ofStage.getOrDefault(cause.stage(), 0L))))
                .toList();
    }

    private Cascade cascade(List<Span> spans, long resubmitted) {
        long calls = spans.stream().mapToLong(Span::calls).sum();
        long repeated = spans.stream().mapToLong(Span::retries).sum();
        long failures = spans.stream().mapToLong(Span::failures).sum();
        @Nullable Span worst = worst(spans);
        double atWorst = worst == null ? 1 : Shares.of(worst.calls(), Math.max(1, worst.calls() - worst.retries()));
        Verdict verdict = failures < ENOUGH || worst == null
                ? Verdict.TOO_LITTLE
                : atWorst > budget ? Verdict.FED : Verdict.NOT_FED;
        return new Cascade(
                verdict,
                calls,
                calls - repeated,
                repeated,
                Shares.of(repeated, calls),
                calls == 0 ? 1 : Shares.of(calls, Math.max(1, calls - repeated)),
                worst == null ? null : worst.at(),
                worst == null ? 0 : worst.calls(),
                worst == null ? 0 : worst.retries(),
                atWorst,
                budget,
                resubmitted);
    }

    /** Sums up all stages in the span of time in which the share of repeated calls was largest. */
    private static @Nullable Span worst(List<Span> spans) {
        Map<Instant, Span> together = new TreeMap<>();
        spans.forEach(span -> together.merge(
                span.at(),
                span,
                (one, other) -> new Span(
                        one.at(),
                        "",
                        one.calls() + other.calls(),
                        one.failures() + other.failures(),
                        one.retries() + other.retries(),
                        one.timeouts() + other.timeouts())));
        return together.values().stream()
                .filter(span -> span.calls() >= ENOUGH)
                .max(Comparator.comparingDouble(span -> Shares.of(span.retries(), span.calls())))
                .orElse(null);
    }

    private static List<Bottleneck> bottlenecks(List<StageTime> stages, List<Cause> causes) {
        long failed = stages.stream().mapToLong(stage -> stage.calls().failed()).sum();
        long time = stages.stream().mapToLong(StageTime::time).sum();
        return stages.stream()
                .map(stage -> {
                    StageCalls calls = stage.calls();
                    return new Bottleneck(
                            calls.stage(),
                            calls.provider(),
                            calls.failed(),
                            calls.failureRate(),
                            Shares.of(calls.failed(), failed),
                            Shares.of(stage.time(), time),
                            calls.p95Ms(),
                            causes.stream()
                                    .filter(cause -> cause.stage().equals(calls.stage())
                                            && cause.provider().equals(calls.provider()))
                                    .findFirst()
                                    .map(Cause::reason)
                                    .orElse(null));
                })
                .sorted(Comparator.comparingDouble(
                                (Bottleneck bottleneck) -> bottleneck.failureShare() + bottleneck.timeShare())
                        .reversed())
                .toList();
    }

    private static ReportCost cost(CallSums sums, Report.Core core, List<StageTime> stages) {
        List<Bill> bills = sums.bills();
        List<Lost> lost = sums.waste();
        BigDecimal total = Shares.money(bills.stream().mapToLong(Bill::micros).sum());
        BigDecimal wasted = Shares.money(lost.stream().mapToLong(Lost::micros).sum());
        return new ReportCost(
                total,
                Shares.each(total, core.tasks()),
                Shares.each(total, core.succeeded()),
                total.subtract(wasted),
                wasted,
                Shares.of(wasted, total),
                bills.stream()
                        .map(bill -> new ProviderCost(
                                bill.provider(),
                                bill.calls(),
                                bill.billed(),
                                bill.perhaps(),
                                bill.notBilled(),
                                Shares.money(bill.micros()),
                                Shares.of(Shares.money(bill.micros()), total)))
                        .toList(),
                lost.stream()
                        .map(each -> new Wasted(
                                each.why(),
                                each.calls(),
                                Shares.money(each.micros()),
                                Shares.of(Shares.money(each.micros()), total)))
                        .sorted(Comparator.comparing(Wasted::why))
                        .toList(),
                sums.paidTwice(),
                stages.stream().mapToLong(stage -> stage.calls().neverEnded()).sum());
    }
}
