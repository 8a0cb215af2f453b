package io.pawline.ops.report;

import static io.pawline.ops.report.Words.money;
import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;

import java.util.List;
import java.util.Locale;

/** Writes the section of a report that is about money: what the calls cost, for whom, and for what. */
final class CostSection {

    private final Report report;
    private final Words words;
    private final BlockWriter writer;

    CostSection(Report report, Words words, BlockWriter writer) {
        this.report = report;
        this.words = words;
        this.writer = writer;
    }

    void write() {
        ReportCost cost = report.cost();
        writer.table(
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
        writer.table(
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
        writer.table(
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
