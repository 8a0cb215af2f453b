package io.pawline.ops.report;

import static io.pawline.ops.report.Words.money;
import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;
import static io.pawline.ops.report.Words.seconds;

import io.pawline.ops.report.Block.Paragraph;
import io.pawline.ops.report.Report.StageCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the key figures of two periods side by side. They may be of different lengths, so shares tell most. */
final class SideBySide {

    private final Report report;
    private final Report before;
    private final Words words;
    private final BlockWriter writer;
    private final List<List<String>> rows = new ArrayList<>();

    SideBySide(Report report, Report before, Words words, BlockWriter writer) {
        this.report = report;
        this.before = before;
        this.words = words;
        this.writer = writer;
    }

    void write() {
        writer.heading(2, "side");
        writer.add(new Paragraph(words.say(
                "side.periods",
                words.time(report.from()),
                words.time(report.to()),
                words.time(before.from()),
                words.time(before.to()))));
        Report.Core now = report.core();
        Report.Core then = before.core();
        counts(words.say("core.tasks"), now.tasks(), then.tasks());
        shares(words.say("core.success_rate"), now.successRate(), then.successRate());
        shares(words.say("core.callback_rate"), now.callbackRate(), then.callbackRate());
        counts(words.say("core.expired"), now.expired(), then.expired());
        times(
                words.say("side.p50"),
                report.latencies().toEnd().p50(),
                before.latencies().toEnd().p50());
        times(
                words.say("side.p95"),
                report.latencies().toEnd().p95(),
                before.latencies().toEnd().p95());
        counts(
                words.say("cascade.calls"),
                report.cascade().calls(),
                before.cascade().calls());
        shares(
                words.say("side.retries"),
                report.cascade().retryShare(),
                before.cascade().retryShare());
        report.stages().forEach(this::stage);
        row(
                words.say("cost.per_success"),
                money(report.cost().perSuccess()),
                money(before.cost().perSuccess()),
                percentMore(
                        report.cost().perSuccess().doubleValue(),
                        before.cost().perSuccess().doubleValue()));
        shares(
                words.say("cost.wasted"),
                report.cost().wastedShare(),
                before.cost().wastedShare());
        writer.table("side", rows);
    }

    private void stage(StageCalls stage) {
        Optional<StageCalls> then = before.stages().stream()
                .filter(other ->
                        other.stage().equals(stage.stage()) && other.provider().equals(stage.provider()))
                .findFirst();
        String name = words.say("side.failed", words.say("leg", words.stage(stage.stage()), stage.provider()));
        if (then.isPresent()) {
            shares(name, stage.failureRate(), then.get().failureRate());
        } else {
            row(name, percent(stage.failureRate()), "-", "-");
        }
    }

    private void counts(String name, long now, long then) {
        row(name, number(now), number(then), percentMore((double) now, (double) then));
    }

    /** The difference of shares is in percentage points. */
    private void shares(String name, double now, double then) {
        row(name, percent(now), percent(then), words.say("side.points", signed(100 * (now - then))));
    }

    private void times(String name, @Nullable Double now, @Nullable Double then) {
        row(name, seconds(now), seconds(then), now == null || then == null ? "-" : percentMore(now, then));
    }

    private static String percentMore(double now, double then) {
        return then == 0 ? "-" : signed(100 * (now - then) / then) + "%";
    }

    private static String signed(double number) {
        return String.format(Locale.ROOT, "%+.1f", number);
    }

    private void row(String name, String now, String then, String difference) {
        rows.add(List.of(name, now, then, difference));
    }
}
