package io.pawline.ops.report;

import static io.pawline.ops.report.Words.millis;
import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;

import io.pawline.ops.report.Block.Bullets;
import io.pawline.ops.report.Block.Heading;
import io.pawline.ops.report.Block.Lines;
import io.pawline.ops.report.Block.Paragraph;
import io.pawline.ops.report.Report.Cause;
import io.pawline.ops.report.Report.StageCalls;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the sections of a report that are about failed calls: by cause, by example, by stage, and what held tasks up.
 */
final class FailureSections {

    private final Report report;
    private final Words words;
    private final Findings findings;
    private final BlockWriter writer;

    FailureSections(Report report, Words words, Findings findings, BlockWriter writer) {
        this.report = report;
        this.words = words;
        this.findings = findings;
        this.writer = writer;
    }

    void errors() {
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
        writer.table("errors", rows);
    }

    void examples() {
        if (report.examples().isEmpty()) {
            writer.nothing();
        }
        report.examples().forEach(example -> {
            writer.add(new Paragraph("%s: %s".formatted(words.stage(example.stage()), words.reason(example.reason()))));
            writer.add(new Lines("""
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

    void stage(StageCalls stage) {
        writer.add(new Heading(4, words.say("leg", words.stage(stage.stage()), stage.provider())));
        writer.add(new Bullets(List.of(
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
        writer.table("breakdown", rows);
        writer.add(new Paragraph(findings.ofStage(stage, causes)));
    }

    void bottlenecks() {
        writer.table(
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

    void retries() {
        Report.Retries retries = report.retries();
        writer.add(new Bullets(List.of(
                words.say("retries.repeated", number(retries.repeated())),
                words.say("retries.at_once", number(retries.atOnce()), percent(retries.atOnceShare())),
                words.say("retries.pause", millis(retries.pauseP50Ms()), millis(retries.pauseP95Ms())),
                words.say("retries.calls", number(retries.callsOfFailing()), number(retries.mostCalls())))));
    }
}
