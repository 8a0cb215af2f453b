package io.pawline.ops.report;

import static io.pawline.ops.report.Words.millis;
import static io.pawline.ops.report.Words.money;
import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;
import static io.pawline.ops.report.Words.seconds;

import io.pawline.ops.report.Block.Bullets;
import io.pawline.ops.report.Block.Heading;
import io.pawline.ops.report.Block.Lines;
import io.pawline.ops.report.Block.Paragraph;
import io.pawline.ops.report.Block.Table;
import io.pawline.ops.report.Report.Cause;
import io.pawline.ops.report.Report.Core;
import io.pawline.ops.report.Report.Quantiles;
import io.pawline.ops.report.Report.Span;
import io.pawline.ops.report.Report.StageCalls;
import io.pawline.schemas.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A report in the words of one language: the tables of the original incident report, and what follows from them. */
final class ReportText {

    private final Report report;
    private final Words words;
    private final Findings findings;
    private final List<Block> blocks = new ArrayList<>();

    private ReportText(Report report, Words words) {
        this.report = report;
        this.words = words;
        this.findings = new Findings(report, words);
    }

    static List<Block> of(Report report, Words words) {
        return new ReportText(report, words).write();
    }

    private List<Block> write() {
        heading(1, "title");
        blocks.add(new Paragraph(words.say(
                "period",
                words.time(report.from()),
                words.time(report.to()),
                words.zone(),
                words.time(report.generatedAt()))));
        heading(2, "core");
        core();
        heading(3, "findings");
        blocks.add(new Bullets(findings.key()));
        heading(2, "comparison");
        heading(3, "comparison.table");
        comparison();
        heading(3, "errors");
        errors();
        heading(3, "examples");
        examples();
        heading(3, "links");
        report.stages().forEach(this::stage);
        heading(2, "time");
        heading(3, "peaks");
        peaks();
        heading(3, "cascade");
        cascade();
        heading(3, "overtime");
        overTime();
        heading(2, "bottlenecks");
        heading(3, "bottlenecks.services");
        bottlenecks();
        heading(3, "retries");
        retries();
        heading(2, "indicators");
        heading(3, "success");
        success();
        heading(3, "latencies");
        latencies();
        heading(2, "cost");
        cost();
        heading(2, "conclusion");
        blocks.add(new Bullets(findings.conclusion()));
        return blocks;
    }

    private void heading(int level, String key) {
        blocks.add(new Heading(level, words.say("h." + key)));
    }

    private void table(String key, List<List<String>> rows) {
        table(key, rows, -1);
    }

    private void table(String key, List<List<String>> rows, int bars) {
        if (rows.isEmpty()) {
            blocks.add(new Paragraph(words.say("nothing")));
        } else {
            blocks.add(new Table(Arrays.asList(words.say("t." + key).split("\\|", -1)), rows, bars));
        }
    }

    private void core() {
        Core core = report.core();
        table(
                "core",
                List.of(
                        core("tasks", number(core.tasks())),
                        core("succeeded", number(core.succeeded())),
                        core("failed", number(core.failed())),
                        core("expired", number(core.expired())),
                        core("cancelled", number(core.cancelled())),
                        core("open", number(core.open())),
                        core("success_rate", percent(core.successRate())),
                        core("with_callback", number(core.withCallback())),
                        core("called_back", number(core.calledBack())),
                        core("not_called_back", number(core.notCalledBack())),
                        core("callback_rate", percent(core.callbackRate())),
                        core("callback_success_rate", percent(core.callbackSuccessRate()))));
    }

    private List<String> core(String key, String value) {
        return List.of(words.say("core." + key), value, words.say("core." + key + ".note"));
    }

    private void comparison() {
        Core core = report.core();
        long lost = core.failed() + core.expired() + core.cancelled();
        table(
                "comparison",
                List.of(
                        List.of(
                                words.say("comparison.tasks"),
                                number(core.tasks()),
                                words.say("comparison.calls", number(sum(StageCalls::calls))),
                                words.say("comparison.tasks.note")),
                        List.of(
                                words.say("comparison.failed"),
                                "%s (%s)".formatted(number(lost), percent(core.failureRate())),
                                words.say(
                                        "comparison.failed.calls",
                                        number(sum(StageCalls::failed)),
                                        number(ofStage(Stage.GENERATE, StageCalls::failed))),
                                words.say("comparison.failed.note")),
                        List.of(
                                words.say("comparison.callbacks"),
                                "%s (%s)"
                                        .formatted(
                                                number(core.notCalledBack()),
                                                percent(Shares.of(core.notCalledBack(), core.withCallback()))),
                                words.say(
                                        "comparison.callbacks.calls",
                                        number(ofStage(Stage.CALLBACK, StageCalls::failed))),
                                words.say("comparison.callbacks.note")),
                        List.of(
                                words.say("comparison.rate"),
                                percent(core.successRate()),
                                words.say(
                                        "comparison.rate.calls",
                                        percent(Shares.of(
                                                sum(StageCalls::succeeded),
                                                sum(StageCalls::succeeded) + sum(StageCalls::failed)))),
                                words.say("comparison.rate.note"))));
    }

    private long sum(ToLongFunction<StageCalls> of) {
        return report.stages().stream().mapToLong(of).sum();
    }

    private long ofStage(Stage stage, ToLongFunction<StageCalls> of) {
        return report.stages().stream()
                .filter(calls -> calls.stage().equals(stage.code()))
                .mapToLong(of)
                .sum();
    }

    private void errors() {
        List<List<String>> rows = new ArrayList<>();
        for (Cause cause : report.failures()) {
            rows.add(List.of(
                    words.stage(cause.stage()),
                    "%s (%s)".formatted(words.reason(cause.reason()), cause.reason()),
                    number(cause.count()),
                    percent(cause.share()),
                    words.say("leg", words.stage(cause.stage()), cause.provider())));
        }
        long all = report.failures().stream().mapToLong(Cause::count).sum();
        if (!rows.isEmpty()) {
            rows.add(List.of(words.say("sum"), "", number(all), "100%", "-"));
        }
        table("errors", rows);
    }

    private void examples() {
        if (report.examples().isEmpty()) {
            blocks.add(new Paragraph(words.say("nothing")));
        }
        report.examples().forEach(example -> {
            blocks.add(new Paragraph("%s: %s".formatted(words.stage(example.stage()), words.reason(example.reason()))));
            blocks.add(new Lines("""
                    %s  task=%s  stage=%s  provider=%s  attempt=%d
                    reason=%s  phase=%s  http=%s  code=%s  request=%s  took=%s""".formatted(
                            words.time(example.at()),
                            example.taskId(),
                            example.stage(),
                            example.provider(),
                            example.attempt(),
                            example.reason(),
                            orDash(example.phase()),
                            orDash(example.httpStatus()),
                            orDash(example.providerCode()),
                            orDash(example.requestId()),
                            millis(example.durationMs()))));
        });
    }

    private static String orDash(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }

    private void stage(StageCalls stage) {
        blocks.add(new Heading(4, words.say("leg", words.stage(stage.stage()), stage.provider())));
        blocks.add(new Bullets(List.of(
                words.say("stage.calls", number(stage.calls()), number(stage.tasks()), number(stage.amplification())),
                words.say("stage.failed", number(stage.failed()), percent(stage.failureRate())),
                words.say("stage.failed_tasks", number(stage.failedTasks())),
                words.say("stage.lost", number(stage.neverEnded()), number(stage.orphaned())))));
        List<Cause> causes = report.failures().stream()
                .filter(cause ->
                        cause.stage().equals(stage.stage()) && cause.provider().equals(stage.provider()))
                .toList();
        Map<Family, List<Cause>> families = new EnumMap<>(Family.class);
        causes.forEach(cause ->
                families.computeIfAbsent(cause.family(), _ -> new ArrayList<>()).add(cause));
        List<List<String>> rows = new ArrayList<>();
        families.forEach((family, members) -> {
            long count = members.stream().mapToLong(Cause::count).sum();
            rows.add(List.of(words.family(family), "", number(count), percent(Shares.of(count, stage.failed())), "-"));
            members.forEach(cause -> rows.add(List.of(
                    "",
                    "%s (%s)".formatted(words.reason(cause.reason()), cause.reason()),
                    number(cause.count()),
                    percent(Shares.of(cause.count(), stage.failed())),
                    number(cause.tasks()))));
        });
        table("breakdown", rows);
        blocks.add(new Paragraph(findings.ofStage(stage, causes)));
    }

    private void peaks() {
        table(
                "peaks",
                report.peaks().stream()
                        .map(peak -> List.of(
                                words.shortTime(peak.from()) + " – " + words.shortTime(peak.to()),
                                words.stage(peak.stage()),
                                number(peak.failures()),
                                number(peak.calls()),
                                percent(peak.share()),
                                words.reason(peak.reason())))
                        .toList());
    }

    private void cascade() {
        Report.Cascade cascade = report.cascade();
        blocks.add(new Paragraph(findings.cascade()));
        table(
                "cascade",
                List.of(
                        List.of(words.say("cascade.calls"), number(cascade.calls())),
                        List.of(words.say("cascade.first"), number(cascade.firstCalls())),
                        List.of(
                                words.say("cascade.repeated"),
                                "%s (%s)".formatted(number(cascade.repeatedCalls()), percent(cascade.retryShare()))),
                        List.of(words.say("cascade.amplification"), number(cascade.amplification())),
                        List.of(
                                words.say("cascade.worst"),
                                cascade.worstFrom() == null
                                        ? "-"
                                        : words.say(
                                                "cascade.worst.value",
                                                words.shortTime(cascade.worstFrom()),
                                                number(cascade.worstRepeated()),
                                                number(cascade.worstCalls()),
                                                number(cascade.worstAmplification()))),
                        List.of(words.say("cascade.budget"), number(cascade.budget())),
                        List.of(words.say("cascade.resubmitted"), number(cascade.resubmitted()))));
    }

    private void overTime() {
        Map<Instant, long[]> spans = new TreeMap<>();
        for (Span span : report.overTime()) {
            long[] sums = spans.computeIfAbsent(span.at(), _ -> new long[4]);
            sums[0] += span.calls();
            sums[1] += span.failures();
            sums[2] += span.retries();
            sums[3] += span.timeouts();
        }
        table(
                "overtime",
                spans.entrySet().stream()
                        .map(span -> Stream.concat(
                                        Stream.of(words.shortTime(span.getKey())),
                                        Arrays.stream(span.getValue()).mapToObj(Words::number))
                                .toList())
                        .toList(),
                2);
    }

    private void bottlenecks() {
        table(
                "bottlenecks",
                report.bottlenecks().stream()
                        .map(bottleneck -> List.of(
                                words.stage(bottleneck.stage()),
                                bottleneck.provider(),
                                bottleneck.mainReason() == null ? "-" : words.reason(bottleneck.mainReason()),
                                "%s (%s)".formatted(number(bottleneck.failed()), percent(bottleneck.failureRate())),
                                percent(bottleneck.failureShare()),
                                percent(bottleneck.timeShare()),
                                millis(bottleneck.p95Ms())))
                        .toList());
    }

    private void retries() {
        Report.Retries retries = report.retries();
        blocks.add(new Bullets(List.of(
                words.say("retries.repeated", number(retries.repeated())),
                words.say("retries.at_once", number(retries.atOnce()), percent(retries.atOnceShare())),
                words.say("retries.pause", millis(retries.pauseP50Ms()), millis(retries.pauseP95Ms())),
                words.say("retries.calls", number(retries.callsOfFailing()), number(retries.mostCalls())))));
    }

    private void success() {
        List<List<String>> rows = new ArrayList<>();
        report.stages()
                .forEach(stage -> rows.add(List.of(
                        words.say("leg", words.stage(stage.stage()), stage.provider()),
                        percent(stage.successRate()),
                        number(stage.succeeded()),
                        number(stage.succeeded() + stage.failed()))));
        Core core = report.core();
        rows.add(List.of(
                words.say("success.end_to_end"),
                percent(core.successRate()),
                number(core.succeeded()),
                number(core.tasks())));
        table("success", rows);
    }

    private void latencies() {
        List<List<String>> rows = new ArrayList<>();
        report.stages()
                .forEach(stage -> rows.add(List.of(
                        words.say("latencies.call", words.say("leg", words.stage(stage.stage()), stage.provider())),
                        number(stage.succeeded() + stage.failed()),
                        millis(stage.p50Ms()),
                        millis(stage.p95Ms()),
                        millis(stage.p99Ms()),
                        millis(stage.timeoutMeanMs()))));
        rows.add(latency("end", report.latencies().toEnd()));
        rows.add(latency("success", report.latencies().toSuccess()));
        rows.add(latency("delivery", report.latencies().toDelivery()));
        table("latencies", rows);
    }

    private List<String> latency(String key, Quantiles quantiles) {
        return List.of(
                words.say("latencies." + key),
                number(quantiles.count()),
                seconds(quantiles.p50()),
                seconds(quantiles.p95()),
                seconds(quantiles.p99()),
                "-");
    }

    private void cost() {
        Report.Cost cost = report.cost();
        table(
                "cost",
                List.of(
                        List.of(words.say("cost.total"), money(cost.total())),
                        List.of(words.say("cost.per_task"), money(cost.perTask())),
                        List.of(words.say("cost.per_success"), money(cost.perSuccess())),
                        List.of(words.say("cost.useful"), money(cost.useful())),
                        List.of(
                                words.say("cost.wasted"),
                                "%s (%s)".formatted(money(cost.wasted()), percent(cost.wastedShare()))),
                        List.of(words.say("cost.paid_twice"), number(cost.paidTwiceTasks())),
                        List.of(words.say("cost.never_ended"), number(cost.neverEnded()))));
        table(
                "providers",
                cost.providers().stream()
                        .map(provider -> List.of(
                                provider.provider(),
                                number(provider.calls()),
                                number(provider.billed()),
                                number(provider.perhapsBilled()),
                                number(provider.notBilled()),
                                money(provider.cost()),
                                percent(provider.share())))
                        .toList());
        table(
                "waste",
                cost.waste().stream()
                        .map(wasted -> List.of(
                                words.say("waste." + wasted.why().name().toLowerCase(Locale.ROOT)),
                                number(wasted.calls()),
                                money(wasted.cost()),
                                percent(wasted.share())))
                        .toList());
    }
}
