package io.pawline.ops.report;

import static io.pawline.ops.report.Words.millis;
import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;
import static io.pawline.ops.report.Words.seconds;

import io.pawline.ops.report.Report.Core;
import io.pawline.ops.report.Report.Quantiles;
import io.pawline.ops.report.Report.StageCalls;
import io.pawline.schemas.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Writes the sections of a report that are about tasks: the core figures, the comparison with the calls, the latencies.
 */
final class TaskSections {

    private final Report report;
    private final Words words;
    private final BlockWriter writer;

    TaskSections(Report report, Words words, BlockWriter writer) {
        this.report = report;
        this.words = words;
        this.writer = writer;
    }

    void core() {
        Core core = report.core();
        writer.table(
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

    void comparison() {
        Core core = report.core();
        long lost = core.failed() + core.expired() + core.cancelled();
        writer.table(
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

    void success() {
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
        writer.table("success", rows);
    }

    void latencies() {
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
        writer.table("latencies", rows);
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
}
