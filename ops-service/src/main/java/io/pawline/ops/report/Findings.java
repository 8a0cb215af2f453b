package io.pawline.ops.report;

import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;

import io.pawline.ops.report.Report.Cascade;
import io.pawline.ops.report.Report.Cause;
import io.pawline.ops.report.Report.Core;
import io.pawline.ops.report.Report.Replay;
import io.pawline.ops.report.Report.StageCalls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Says in sentences what follows from the numbers of a report. */
final class Findings {

    private static final double UNCLASSIFIED_GOAL = 0.01;

    private final Report report;
    private final Words words;

    Findings(Report report, Words words) {
        this.report = report;
        this.words = words;
    }

    /** Says what the core figures mean: tasks and their callbacks. */
    List<String> key() {
        Core core = report.core();
        long lost = core.failed() + core.expired() + core.cancelled();
        return List.of(
                words.say("finding.failure_rate", percent(core.failureRate()), number(lost)),
                words.say(
                        "finding.not_called_back",
                        percent(Shares.of(core.notCalledBack(), core.withCallback())),
                        number(core.notCalledBack())),
                words.say(
                        core.endedNotCalledBack() == 0 ? "finding.all_notified" : "finding.not_notified",
                        number(core.endedNotCalledBack())),
                words.say(core.open() == 0 ? "finding.none_open" : "finding.open", number(core.open())));
    }

    /** Says what the pictures show: how many came through, where most were lost, what that cost, how retries were. */
    List<String> atAGlance() {
        List<String> sentences = new ArrayList<>();
        Core core = report.core();
        sentences.add(words.say(
                "glance.tasks", number(core.tasks()), percent(core.successRate()), percent(core.callbackRate())));
        report.losses().stream()
                .max(Comparator.comparingLong(Report.Loss::tasks))
                .ifPresent(loss -> sentences.add(words.say(
                        "glance.loss",
                        number(loss.tasks()),
                        percent(Shares.of(loss.tasks(), core.tasks())),
                        loss.stage() == null ? words.say("glance.no_stage") : words.stage(loss.stage()),
                        words.reason(loss.reason()))));
        report.peaks().stream()
                .max(Comparator.comparingLong(Report.Peak::failures))
                .ifPresent(peak -> sentences.add(words.say(
                        "glance.peak",
                        words.stage(peak.stage()),
                        words.shortTime(peak.from()),
                        words.shortTime(peak.to()),
                        number(peak.failures()),
                        number(peak.calls()),
                        words.reason(peak.reason()))));
        sentences.add(words.say(
                "glance.retries." + report.cascade().verdict().name().toLowerCase(Locale.ROOT),
                percent(report.cascade().retryShare()),
                number(report.cascade().worstAmplification()),
                number(report.cascade().budget())));
        sentences.add(words.say(
                "glance.money",
                Words.money(report.cost().total()),
                percent(report.cost().wastedShare()),
                Words.money(report.cost().wasted())));
        return sentences;
    }

    String ofStage(StageCalls stage, List<Cause> causes) {
        if (causes.isEmpty()) {
            return words.say("conclusion.stage.none");
        }
        Map<Family, Long> families = new EnumMap<>(Family.class);
        causes.forEach(cause -> families.merge(cause.family(), cause.count(), Long::sum));
        Map.Entry<Family, Long> main =
                families.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        return words.say(
                "conclusion.stage",
                words.family(main.getKey()),
                percent(Shares.of(main.getValue(), stage.failed())),
                words.reason(causes.getFirst().reason()),
                percent(Shares.of(families.getOrDefault(Family.UNCLASSIFIED, 0L), stage.failed())));
    }

    String cascade() {
        Cascade cascade = report.cascade();
        return words.say(
                "verdict." + cascade.verdict().name().toLowerCase(Locale.ROOT),
                number(cascade.worstAmplification()),
                number(cascade.budget()),
                percent(cascade.retryShare()));
    }

    List<String> conclusion() {
        List<String> sentences = new ArrayList<>();
        sentences.add(words.say(
                "conclusion.success",
                percent(report.core().successRate()),
                percent(report.core().callbackRate())));
        report.bottlenecks().stream()
                .filter(bottleneck -> bottleneck.failed() > 0)
                .max(Comparator.comparingLong(Report.Bottleneck::failed))
                .ifPresent(worst -> sentences.add(words.say(
                        "conclusion.bottleneck",
                        words.say("leg", words.stage(worst.stage()), worst.provider()),
                        number(worst.failed()),
                        percent(worst.failureShare()),
                        percent(worst.failureRate()))));
        long all = report.failures().stream().mapToLong(Cause::count).sum();
        double unclassified = Shares.of(ofFamily(Family.UNCLASSIFIED), all);
        sentences.add(words.say(
                unclassified < UNCLASSIFIED_GOAL ? "conclusion.classified" : "conclusion.unclassified",
                percent(unclassified)));
        sentences.add(words.say("conclusion.moderation", percent(Shares.of(ofFamily(Family.MODERATION), all))));
        sentences.add(cascade());
        if (!report.replays().isEmpty()) {
            sentences.add(replays());
        }
        sentences.add(words.say(
                "conclusion.cost",
                Words.money(report.cost().total()),
                Words.money(report.cost().perSuccess()),
                percent(report.cost().wastedShare())));
        return sentences;
    }

    private String replays() {
        return words.say(
                report.replays().size() == 1 ? "conclusion.replay" : "conclusion.replays",
                number(report.replays().size()),
                number(replayed(Replay::tasks)),
                number(replayed(Replay::succeeded)),
                number(replayed(Replay::lost)),
                number(replayed(Replay::open)),
                number(replayed(Replay::notSent)));
    }

    private long replayed(ToLongFunction<Replay> tasks) {
        return report.replays().stream().mapToLong(tasks).sum();
    }

    private long ofFamily(Family family) {
        return report.failures().stream()
                .filter(cause -> cause.family() == family)
                .mapToLong(Cause::count)
                .sum();
    }
}
