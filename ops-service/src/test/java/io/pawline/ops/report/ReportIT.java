package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.audit.Audit;
import io.pawline.ops.http.Period;
import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.ops.report.Report.Cause;
import io.pawline.ops.report.Report.Span;
import io.pawline.ops.report.Report.StageCalls;
import io.pawline.ops.report.Report.Verdict;
import io.pawline.ops.report.ReportCost.ProviderCost;
import io.pawline.ops.report.ReportCost.Wasted;
import io.pawline.ops.report.TestingLedger.Row;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDatabase;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the report's sums are those of the ledger and of the task table: the test wrote both, and knows them. */
class ReportIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final Period PERIOD = new Period(TestingLedger.FROM, TestingLedger.TO);

    private final Reports reports = new Reports(DATABASE, 1.35, Clock.fixed(TestingLedger.TO, ZoneOffset.UTC));

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate call_attempt, task, audit"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void itsSumsAreThoseOfTheTaskTable(long seed) {
        TestingLedger ledger = new TestingLedger(DATABASE, seed).fill(150);
        List<Row> tasks =
                ledger.tasks.stream().filter(task -> in(task.submitted())).toList();

        Report.Core core = reports.of(PERIOD).core();

        assertThat(tasks).hasSizeBetween(50, 149);
        assertThat(core.tasks()).isEqualTo(tasks.size());
        assertThat(core.succeeded()).isEqualTo(count(tasks, task -> task.state().equals("success")));
        assertThat(core.failed()).isEqualTo(count(tasks, task -> task.state().equals("failed")));
        assertThat(core.expired()).isEqualTo(count(tasks, task -> task.state().equals("expired")));
        assertThat(core.cancelled()).isEqualTo(count(tasks, task -> task.state().equals("cancelled")));
        assertThat(core.open()).isEqualTo(count(tasks, task -> task.state().equals("accepted")));
        assertThat(core.succeeded() + core.failed() + core.expired() + core.cancelled() + core.open())
                .isEqualTo(core.tasks());
        assertThat(core.calledBack()).isEqualTo(count(tasks, Row::delivered));
        assertThat(core.withCallback()).isEqualTo(count(tasks, Row::callback));
        assertThat(core.calledBack() + core.notCalledBack()).isEqualTo(core.withCallback());
        assertThat(core.successRate()).isEqualTo(Shares.of(core.succeeded(), core.tasks()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void itsSumsAreThoseOfTheLedger(long seed) {
        TestingLedger ledger = new TestingLedger(DATABASE, seed).fill(150);
        List<Call> calls =
                ledger.calls.stream().filter(call -> in(call.startedAt())).toList();

        Report report = reports.of(PERIOD);

        for (StageCalls stage : report.stages()) {
            List<Call> ofStage = calls.stream()
                    .filter(call -> call.stage().equals(stage.stage()))
                    .toList();
            assertThat(stage.calls()).isEqualTo(ofStage.size());
            assertThat(stage.failed()).isEqualTo(count(ofStage, ReportIT::failed));
            assertThat(stage.neverEnded()).isEqualTo(count(ofStage, call -> call.end() == null));
            assertThat(stage.orphaned()).isEqualTo(count(ofStage, Call::orphaned));
            assertThat(stage.tasks())
                    .as("those whose first call in the stage is in the period")
                    .isEqualTo(ofStage.stream()
                            .filter(call -> ledger.calls.stream()
                                    .noneMatch(other -> other.taskId().equals(call.taskId())
                                            && other.generation() == call.generation()
                                            && other.stage().equals(call.stage())
                                            && other.startedAt().isBefore(PERIOD.from())))
                            .map(call -> call.taskId() + "/" + call.generation())
                            .distinct()
                            .count());
            assertThat(stage.succeeded() + stage.failed() + stage.neverEnded()).isEqualTo(stage.calls());
            assertThat(stage.retries() + stage.tasks()).isEqualTo(stage.calls());
        }
        assertThat(sum(report.stages().stream().map(StageCalls::calls))).isEqualTo(calls.size());
        assertThat(sum(report.failures().stream().map(Cause::count))).isEqualTo(count(calls, ReportIT::failed));
        for (Cause cause : report.failures()) {
            assertThat(cause.count())
                    .isEqualTo(count(
                            calls,
                            call -> call.stage().equals(cause.stage())
                                    && call.end() != null
                                    && cause.reason().equals(call.end().reason())));
        }
        assertThat(report.failures().stream().mapToDouble(Cause::share).sum()).isCloseTo(1, Offset.offset(0.001));
        assertThat(sum(report.overTime().stream().map(Span::calls))).isEqualTo(calls.size());
        assertThat(sum(report.overTime().stream().map(Span::failures))).isEqualTo(count(calls, ReportIT::failed));
        assertThat(report.cascade().calls()).isEqualTo(calls.size());
        assertThat(report.cascade().repeatedCalls())
                .isEqualTo(sum(report.stages().stream().map(StageCalls::retries)));
        assertThat(report.overTime().stream().mapToLong(Span::retries).sum())
                .isEqualTo(report.cascade().repeatedCalls());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyPartOfTheCostIsInOneSum(long seed) {
        TestingLedger ledger = new TestingLedger(DATABASE, seed).fill(150);
        List<Call> calls =
                ledger.calls.stream().filter(call -> in(call.startedAt())).toList();
        BigDecimal expected = calls.stream()
                .map(ReportIT::price)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .setScale(6);

        ReportCost cost = reports.of(PERIOD).cost();

        assertThat(expected).isPositive();
        assertThat(cost.total()).isEqualByComparingTo(expected);
        assertThat(money(cost.providers().stream().map(ProviderCost::cost))).isEqualByComparingTo(expected);
        assertThat(cost.useful().add(cost.wasted())).isEqualByComparingTo(expected);
        assertThat(money(cost.waste().stream().map(Wasted::cost))).isEqualByComparingTo(cost.wasted());
        assertThat(cost.waste().stream().map(Wasted::why)).contains(ReportCost.Waste.ORPHANED, ReportCost.Waste.FAILED);
        assertThat(cost.waste().stream()
                        .filter(wasted -> wasted.why() == ReportCost.Waste.ORPHANED)
                        .mapToLong(Wasted::calls)
                        .sum())
                .isEqualTo(count(calls, call -> call.orphaned() && price(call).signum() > 0));
        assertThat(cost.neverEnded()).isEqualTo(count(calls, call -> call.end() == null));
    }

    @Test
    void aSecondPaidCallOfATaskIsMoneyWasted() {
        TestingLedger ledger = new TestingLedger(DATABASE, 1);
        Row task = new Row(TaskId.at(at(0)).value(), at(0), "success", true, 1, true);
        ledger.add(task);
        note(ledger, paid(task, at(1)), paid(task, at(2)), paid(task, at(3)));

        ReportCost cost = reports.of(PERIOD).cost();

        assertThat(cost.waste()).singleElement().satisfies(wasted -> {
            assertThat(wasted.why()).isEqualTo(ReportCost.Waste.REPEATED);
            assertThat(wasted.calls()).isEqualTo(2);
            assertThat(wasted.cost()).isEqualByComparingTo("0.06");
        });
        assertThat(cost.paidTwiceTasks()).isEqualTo(1);
        assertThat(cost.useful()).isEqualByComparingTo("0.03");
    }

    @Test
    void saysThatRetriesFedTheLoadIfTheyDid() {
        TestingLedger ledger = new TestingLedger(DATABASE, 1);
        for (int i = 0; i < 20; i++) {
            Row task = new Row(TaskId.at(at(i)).value(), at(i), "failed", true, 1, false);
            ledger.add(task);
            note(ledger, failed(task, 1, at(i)), failed(task, 2, at(i).plusMillis(3_100)), failed(task, 3, at(i + 8)));
        }

        Report report = reports.of(PERIOD);

        assertThat(report.cascade().verdict()).isEqualTo(Verdict.FED);
        assertThat(report.cascade().worstAmplification()).isGreaterThan(2);
        assertThat(report.retries().repeated()).isEqualTo(40);
        assertThat(report.retries().atOnce()).as("those after 100 ms").isEqualTo(20);
        assertThat(report.retries().mostCalls()).isEqualTo(3);
        assertThat(report.peaks()).singleElement().satisfies(peak -> {
            assertThat(peak.stage()).isEqualTo("generate");
            assertThat(peak.failures()).isEqualTo(60);
            assertThat(peak.reason()).isEqualTo("read_timeout");
        });
    }

    private static String text(ReportFormat format, Report report, @Nullable Report before, Words words) {
        return new String(format.write(report, before, words), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatThePicturesShowIsInTheSums(long seed) {
        new TestingLedger(DATABASE, seed).fill(150);

        Report report = reports.of(PERIOD);

        Report.Core core = report.core();
        assertThat(sum(report.tasksOverTime().stream().map(Report.TaskSpan::succeeded)))
                .isEqualTo(core.succeeded());
        assertThat(sum(report.tasksOverTime().stream()
                        .map(span -> span.failed() + span.expired() + span.cancelled() + span.open())))
                .isEqualTo(core.tasks() - core.succeeded());
        assertThat(report.tasksOverTime())
                .allSatisfy(span -> assertThat(span.at()).isBetween(PERIOD.from(), PERIOD.to()));
        assertThat(sum(report.losses().stream().map(Report.Loss::tasks)))
                .isEqualTo(core.failed() + core.expired() + core.cancelled());
        assertThat(report.successesNotNotified()).isLessThanOrEqualTo(core.endedNotCalledBack());
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "zh"})
    void everyPictureIsDrawnWithItsAxesAndALegendOfShapes(String language) {
        new TestingLedger(DATABASE, 7).fill(300);
        Report report = reports.of(PERIOD);
        Words words = new Words(language, ZoneId.of("Asia/Shanghai"));

        List<Block.Picture> pictures = new Pictures(report, words, "").all();

        assertThat(pictures)
                .extracting(Block.Picture::name)
                .containsExactly(
                        "tasks",
                        "calls-detect",
                        "calls-generate",
                        "calls-matting",
                        "calls-finalize",
                        "calls-callback",
                        "flow",
                        "latencies",
                        "money");
        for (Block.Picture picture : pictures) {
            String svg = picture.svg().inline();
            assertThat(svg).doesNotContain("NaN").doesNotContain("Infinity").contains("class=\"unit\"");
            assertThat(svg).contains("aria-label=");
        }
        assertThat(pictures.getFirst().svg().inline())
                .contains("url(#tasks-bad)", "url(#tasks-late)", "url(#tasks-gone)")
                .contains(words.say("core.expired"));
    }

    @Test
    void whatOperatorsChangedIsMarkedInThePicturesItConcerns() {
        new TestingLedger(DATABASE, 8).fill(150);
        DATABASE.inTransaction(handle -> {
            control(handle, at(0), "pause", "stage:generate", null);
            control(handle, at(60), "limit", "limit:matting", 7);
            control(handle, at(120), "cool_down", "provider:seedream", null);
            control(handle, at(180), "cancel", "task:0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f", null);
            control(handle, at(-10_000), "resume", "stage:generate", null);
            return true;
        });
        Report report = reports.of(PERIOD);
        Words words = new Words("en", ZoneOffset.UTC);

        assertThat(report.changes())
                .extracting(Report.Change::subject)
                .containsExactly("stage:generate", "limit:matting", "provider:seedream");
        List<Block.Picture> pictures = new Pictures(report, words, "").all();
        assertThat(marks(pictures, "tasks")).isEqualTo(3);
        assertThat(marks(pictures, "calls-generate")).isEqualTo(2);
        assertThat(marks(pictures, "calls-matting")).isEqualTo(1);
        assertThat(marks(pictures, "calls-detect")).isZero();
        assertThat(text(ReportFormat.MD, report, null, words))
                .contains("calls per process limited: 7 | matting | ann | it was asked for |");
    }

    /** One is known for good, and of the other the rows are counted. */
    @Test
    void whatWasReplayedStandsInTheReportWithWhatBecameOfIt() {
        DATABASE.inTransaction(handle -> {
            replay(handle, at(60), 6, """
                    [{"state":"published","outcome":"succeeded","letters":3},
                     {"state":"published","outcome":"expired","letters":2},{"state":"skipped","letters":1}]""");
            UUID counted = replay(handle, at(30), 6, null);
            int place = 0;
            for (String state : List.of(
                    "waiting",
                    "published",
                    "published/succeeded",
                    "published/failed",
                    "in_doubt",
                    "in_doubt/succeeded")) {
                String[] parts = state.split("/", 2);
                handle.execute(
                        "insert into replay_letter (replay_id, place, task_id, state, outcome) values (?, ?, ?, ?, ?)",
                        counted,
                        ++place,
                        UUID.randomUUID(),
                        parts[0],
                        parts.length == 1 ? null : parts[1]);
            }
            replay(handle, at(-10_000), 1, null);
            return true;
        });

        Report report = reports.of(PERIOD);

        assertThat(report.replays())
                .extracting(
                        Report.Replay::tasks,
                        Report.Replay::succeeded,
                        Report.Replay::lost,
                        Report.Replay::open,
                        Report.Replay::notSent)
                .containsExactly(tuple(6L, 2L, 1L, 3L, 0L), tuple(6L, 3L, 2L, 0L, 1L));
        assertThat(text(ReportFormat.MD, report, null, new Words("en", ZoneOffset.UTC)))
                .contains("| 6 | 3 | 2 | 0 | 1 | ann | the provider is back |")
                .contains(
                        "2 replays were ordered, of 12 tasks: 5 succeeded, 3 were lost again, 3 are open, 1 were not");
    }

    private static UUID replay(Handle handle, Instant at, int tasks, @Nullable String tally) {
        UUID id = UUID.randomUUID();
        handle.createUpdate("""
                        insert into replay (id, state, per_second, asked_by, why, filter, created_at, tally)
                        values (:id, 'done', 20, 'ann', 'the provider is back', '{}', :at, cast(:tally as jsonb))
                        """)
                .bind("id", id)
                .bind("at", at.atOffset(ZoneOffset.UTC))
                .bind("tally", tally)
                .execute();
        Audit.note(handle, new Audit.Entry(at, "ann", "replay", "the provider is back", "{}", tasks, id, null));
        return id;
    }

    private static void control(Handle handle, Instant at, String action, String subject, @Nullable Integer limit) {
        Audit.note(handle, new Audit.ControlEntry(at, "ann", action, "it was asked for", subject, limit, null));
    }

    private static int marks(List<Block.Picture> pictures, String name) {
        String svg = pictures.stream()
                .filter(picture -> picture.name().equals(name))
                .findFirst()
                .orElseThrow()
                .svg()
                .inline();
        return svg.split("class=\"change-mark\"", -1).length - 1;
    }

    @Test
    void aReportOfATenantHasNothingOfAnother() {
        TestingLedger ledger = new TestingLedger(DATABASE, 5).fill(150);
        List<Row> tasks =
                ledger.tasks.stream().filter(task -> in(task.submitted())).toList();
        DATABASE.with(handle -> handle.execute(
                "update task set tenant = 'shop' where id = ?", tasks.getFirst().id()));
        DATABASE.with(handle -> handle.execute(
                "update call_attempt set tenant = 'shop' where task_id = ?",
                tasks.getFirst().id()));

        Report shop = reports.of(PERIOD, "shop");
        Report rest = reports.of(PERIOD, "default");

        assertThat(shop.core().tasks()).isOne();
        assertThat(rest.core().tasks()).isEqualTo(tasks.size() - 1);
        assertThat(shop.cascade().calls()).isPositive();
        assertThat(shop.cascade().calls() + rest.cascade().calls())
                .isEqualTo(reports.of(PERIOD).cascade().calls());
    }

    @Test
    void twoPeriodsStandSideBySide() {
        new TestingLedger(DATABASE, 6).fill(150);
        Report report = reports.of(PERIOD);
        Report empty = reports.of(new Period(at(-1_000_000), at(-990_000)));
        Words words = new Words("en", ZoneOffset.UTC);

        String both = text(ReportFormat.MD, report, empty, words);

        assertThat(both)
                .contains("| Tasks | %d | 0 | - |".formatted(report.core().tasks()))
                .contains("| Success rate | %s | 0.00%% | %+.1f points |"
                        .formatted(
                                Words.percent(report.core().successRate()),
                                100 * report.core().successRate()))
                .contains("pictures/tasks.svg", "pictures/tasks-before.svg");
        assertThat(text(ReportFormat.PAGE, report, empty, words)).contains("\"tasks-before\":\"<svg");
        assertThat(text(ReportFormat.MD, report, null, words)).doesNotContain("tasks-before");
    }

    @Test
    void aPeriodInWhichNothingHappenedHasAReport() {
        Report report = reports.of(PERIOD);

        assertThat(report.core().tasks()).isZero();
        assertThat(report.cascade().verdict()).isEqualTo(Verdict.TOO_LITTLE);
        for (String language : Words.LANGUAGES) {
            for (ReportFormat format : ReportFormat.values()) {
                assertThat(text(format, report, null, new Words(language, ZoneOffset.UTC)))
                        .doesNotContain("NaN");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "zh"})
    void everyTableOfTheOriginalIsInEveryWrittenFormOfIt(String language) {
        new TestingLedger(DATABASE, 7).fill(300);
        Report report = reports.of(PERIOD);
        Words words = new Words(language, ZoneId.of("Asia/Shanghai"));

        String markdown = text(ReportFormat.MD, report, null, words);
        String page = text(ReportFormat.HTML, report, null, words);

        List<String> originals = language.equals("zh")
                ? List.of(
                        "核心指标",
                        "总任务数",
                        "任务成功数",
                        "任务失败数",
                        "任务成功率",
                        "回调成功数",
                        "未回调数",
                        "回调率",
                        "回调成功率",
                        "关键发现",
                        "数据库记录 vs",
                        "主要错误分布",
                        "典型错误示例",
                        "链路故障分析",
                        "失败率",
                        "错误高峰时段",
                        "级联效应",
                        "外部服务瓶颈",
                        "重试机制",
                        "成功率统计",
                        "性能指标",
                        "结论",
                        "端到端",
                        "文生图",
                        "背景移除",
                        "宠物检测",
                        "读取超时",
                        "费用")
                : List.of(
                        "core metrics",
                        "Success rate",
                        "Not called back",
                        "Callback rate",
                        "Key findings",
                        "database against the calls",
                        "Errors by stage",
                        "Typical errors",
                        "link by link",
                        "Peaks of failure",
                        "Cascade",
                        "Outside services",
                        "How failed calls were repeated",
                        "Success rates",
                        "Latencies",
                        "Cost",
                        "Conclusion",
                        "End to end",
                        "Text to image");
        assertThat(markdown).contains(originals);
        assertThat(page).contains(originals);
        assertThat(markdown).contains("2026-11-23 13:29:00").doesNotContain("{0}");
        assertThat(page)
                .startsWith("<!doctype html>\n<html lang=\"" + language + "\">")
                .doesNotContain("http://", "https://");
        assertThat(markdown)
                .contains(String.format(Locale.ROOT, "%,d", report.core().tasks()));
    }

    private static void note(TestingLedger ledger, Call... calls) {
        ledger.note(List.of(calls));
    }

    private static Call paid(Row task, Instant at) {
        return call(task, 1, at, new Call.End(at, "succeeded", null, "done", 200, null, null, 10L, null, "yes"));
    }

    private static Call failed(Row task, int attempt, Instant at) {
        return call(
                task,
                attempt,
                at,
                new Call.End(
                        at.plusMillis(3_000), "failed", "read_timeout", "wait", null, null, null, 3_000L, null, "no"));
    }

    private static Call call(Row task, int attempt, Instant at, Call.End end) {
        return new Call(TestingCallIds.idAt(at), task.id(), 1, "default", "generate", "seedream", attempt, end, false);
    }

    private static Instant at(int seconds) {
        return TestingLedger.FROM.plusSeconds(600 + seconds);
    }

    private static boolean in(Instant moment) {
        return !moment.isBefore(PERIOD.from()) && moment.isBefore(PERIOD.to());
    }

    private static boolean failed(Call call) {
        return call.end() != null && call.end().outcome().equals("failed");
    }

    private static BigDecimal price(Call call) {
        if (call.end() == null || call.end().billed().equals("no")) {
            return BigDecimal.ZERO;
        }
        return switch (call.provider()) {
            case "seedream" -> new BigDecimal("0.03");
            case "volc" -> new BigDecimal("0.011");
            default -> BigDecimal.ZERO;
        };
    }

    private static <T> long count(List<T> all, Predicate<T> which) {
        return all.stream().filter(which).count();
    }

    private static long sum(Stream<Long> numbers) {
        return numbers.mapToLong(Long::longValue).sum();
    }

    private static BigDecimal money(Stream<BigDecimal> amounts) {
        return amounts.reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
