package io.pawline.ops.report;

import static io.pawline.ops.report.Words.number;
import static io.pawline.ops.report.Words.percent;

import io.pawline.ops.http.Period;
import io.pawline.ops.report.Block.Picture;
import io.pawline.ops.report.Report.Change;
import io.pawline.ops.report.Report.Loss;
import io.pawline.ops.report.Report.Quantiles;
import io.pawline.ops.report.Report.StageCalls;
import io.pawline.ops.report.Svg.Look;
import io.pawline.ops.report.TimeChart.Layer;
import io.pawline.ops.report.TimeChart.Mark;
import io.pawline.ops.report.TimeChart.Window;
import io.pawline.schemas.Stage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Draws what people look at first in a report: tasks, calls, losses, latencies and money. */
final class Pictures {

    private static final int ROW = 24;
    private static final int NAMES = 230;
    private static final int NUMBERS = 110;
    private static final int MOST_LOSSES = 12;

    private final Report report;
    private final Words words;
    private final TimeChart time;
    private final String suffix;

    /** @param suffix of the names of the pictures, so that those of two reports differ; may be empty */
    Pictures(Report report, Words words, String suffix) {
        this.report = report;
        this.words = words;
        this.suffix = suffix;
        this.time =
                new TimeChart(new Period(report.from(), report.to()), Duration.ofSeconds(report.spanSeconds()), words);
    }

    List<Picture> all() {
        List<Picture> all = new ArrayList<>();
        all.add(tasks());
        all.addAll(stages());
        all.add(losses());
        all.add(latencies());
        all.add(money());
        return all;
    }

    private Picture picture(String name, String title, Svg svg) {
        return new Picture(name + suffix, title, svg);
    }

    Picture tasks() {
        Map<Instant, long[]> spans = new TreeMap<>();
        report.tasksOverTime()
                .forEach(span -> spans.put(
                        span.at(),
                        new long[] {span.succeeded(), span.failed(), span.expired(), span.cancelled(), span.open()}));
        Report.Core core = report.core();
        String title = words.say(
                "picture.tasks.said", number(core.tasks()), percent(core.successRate()), percent(core.callbackRate()));
        return picture(
                "tasks",
                title,
                time.draw(
                        "tasks" + suffix,
                        title,
                        words.say("picture.tasks.unit"),
                        230,
                        List.of(
                                new Layer(Look.GOOD, words.say("core.succeeded")),
                                new Layer(Look.BAD, words.say("core.failed")),
                                new Layer(Look.LATE, words.say("core.expired")),
                                new Layer(Look.GONE, words.say("core.cancelled")),
                                new Layer(Look.OPEN, words.say("core.open"))),
                        spans,
                        largest(spans),
                        List.of(),
                        marks(_ -> true)));
    }

    /** Draws each stage that made calls; all have one scale, so that they can be compared. */
    List<Picture> stages() {
        Map<String, Map<Instant, long[]>> stages = new TreeMap<>();
        report.overTime()
                .forEach(span -> stages.computeIfAbsent(span.stage(), _ -> new TreeMap<>())
                        .put(span.at(), new long[] {span.calls() - span.failures(), span.failures()}));
        long most = stages.values().stream().mapToLong(Pictures::largest).max().orElse(1);
        return stages.keySet().stream()
                .sorted(Comparator.comparingInt(
                        stage -> Stage.ofCode(stage).map(Stage::ordinal).orElse(Integer.MAX_VALUE)))
                .map(stage -> stage(stage, stages.getOrDefault(stage, Map.of()), most))
                .toList();
    }

    private Picture stage(String stage, Map<Instant, long[]> spans, long most) {
        long calls =
                spans.values().stream().mapToLong(each -> each[0] + each[1]).sum();
        long failed = spans.values().stream().mapToLong(each -> each[1]).sum();
        List<Window> windows = report.peaks().stream()
                .filter(peak -> peak.stage().equals(stage))
                .map(peak -> new Window(peak.from(), peak.to(), words.reason(peak.reason())))
                .toList();
        String title = words.say(
                "picture.stage.said",
                words.stage(stage),
                number(calls),
                percent(Shares.of(failed, calls)),
                number(windows.size()));
        return picture(
                "calls-" + stage,
                title,
                time.draw(
                        "calls-" + stage + suffix,
                        title,
                        words.stage(stage) + ", " + words.say("picture.stage.unit"),
                        170,
                        List.of(
                                new Layer(Look.CALLS, words.say("picture.stage.rest")),
                                new Layer(Look.BAD, words.say("picture.stage.failed"))),
                        spans,
                        most,
                        windows,
                        marks(change -> change.concerns(stage, providers(stage)))));
    }

    private Set<String> providers(String stage) {
        return report.stages().stream()
                .filter(calls -> calls.stage().equals(stage))
                .map(StageCalls::provider)
                .collect(Collectors.toSet());
    }

    /** The numbers are those of the table of changes. */
    private List<Mark> marks(Predicate<Change> which) {
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < report.changes().size(); i++) {
            Change change = report.changes().get(i);
            if (which.test(change)) {
                marks.add(new Mark(change.at(), i + 1));
            }
        }
        return marks;
    }

    private static long largest(Map<Instant, long[]> spans) {
        return spans.values().stream()
                .mapToLong(each -> Arrays.stream(each).sum())
                .max()
                .orElse(1);
    }

    /** A step of the way from accepted to called back. */
    private record Step(Look look, String name, long before, long tasks) {}

    /** Draws the way of all tasks from accepted to called back: each loss, with its stage and its reason. */
    Picture losses() {
        Report.Core core = report.core();
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(Look.CALLS, words.say("picture.flow.accepted"), 0, core.tasks()));
        long left = core.tasks();
        List<Loss> losses = report.losses();
        for (Loss loss : losses.subList(0, Math.min(MOST_LOSSES, losses.size()))) {
            left -= loss.tasks();
            steps.add(new Step(look(loss.state()), name(loss), left, loss.tasks()));
        }
        long others = losses.stream().skip(MOST_LOSSES).mapToLong(Loss::tasks).sum();
        left = add(steps, Look.BAD, "picture.flow.others", left, others);
        add(steps, Look.OPEN, "core.open", left, core.open());
        steps.add(new Step(Look.GOOD, words.say("core.succeeded"), 0, core.succeeded()));
        long notified =
                add(steps, Look.LATE, "picture.flow.not_notified", core.succeeded(), report.successesNotNotified());
        steps.add(new Step(Look.GOOD, words.say("picture.flow.notified"), 0, notified));
        String title = words.say(
                "picture.flow.said",
                number(core.tasks()),
                number(core.succeeded()),
                number(core.failed() + core.expired() + core.cancelled()),
                number(report.successesNotNotified()));
        Svg svg = new Svg("flow" + suffix, (steps.size() + 1) * ROW + 12, title);
        double width = Svg.WIDTH - NAMES - NUMBERS;
        AxisScale scale = new AxisScale((double) Math.max(1, core.tasks()), 1);
        svg.text("unit", NAMES, 14, "start", words.say("picture.flow.unit"));
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            double y = (i + 1) * ROW;
            double x = NAMES + scale.at((double) step.before()) * width;
            svg.text("name", NAMES - 8, y + 13, "end", Words.shortened(step.name(), NAMES - 16))
                    .rect(step.look(), x, y, Math.max(1.5, scale.at((double) step.tasks()) * width), ROW - 7)
                    .text(
                            "value",
                            Svg.WIDTH,
                            y + 13,
                            "end",
                            "%s%s  %s"
                                    .formatted(
                                            loses(step.look()) ? "−" : "",
                                            number(step.tasks()),
                                            percent(Shares.of(step.tasks(), core.tasks()))));
        }
        return picture("flow", title, svg);
    }

    private long add(List<Step> steps, Look look, String key, long left, long tasks) {
        if (tasks == 0) {
            return left;
        }
        steps.add(new Step(look, words.say(key), left - tasks, tasks));
        return left - tasks;
    }

    private static boolean loses(Look look) {
        return switch (look) {
            case BAD, LATE, GONE, OPEN -> true;
            case GOOD, CALLS, WINDOW -> false;
        };
    }

    private static Look look(String state) {
        return switch (state) {
            case "expired" -> Look.LATE;
            case "cancelled" -> Look.GONE;
            default -> Look.BAD;
        };
    }

    private String name(Loss loss) {
        return loss.stage() == null
                ? words.say("picture.flow.loss", words.say("core." + loss.state()), words.reason(loss.reason()))
                : words.say("picture.flow.loss", words.stage(loss.stage()), words.reason(loss.reason()));
    }

    private record Band(
            String name,
            @Nullable Double p50,
            @Nullable Double p95,
            @Nullable Double p99) {
        static Band of(String name, Quantiles quantiles) {
            return new Band(name, quantiles.p50(), quantiles.p95(), quantiles.p99());
        }
    }

    /** Draws how long calls and tasks took, as bands on a logarithmic axis of seconds. */
    Picture latencies() {
        List<Band> bands = new ArrayList<>();
        for (StageCalls stage : report.stages()) {
            bands.add(new Band(
                    words.say("latencies.call", words.say("leg", words.stage(stage.stage()), stage.provider())),
                    seconds(stage.p50Ms()),
                    seconds(stage.p95Ms()),
                    seconds(stage.p99Ms())));
        }
        bands.add(Band.of(words.say("latencies.end"), report.latencies().toEnd()));
        bands.add(Band.of(words.say("latencies.success"), report.latencies().toSuccess()));
        bands.add(Band.of(words.say("latencies.delivery"), report.latencies().toDelivery()));
        bands.removeIf(band -> band.p50() == null);
        Quantiles end = report.latencies().toEnd();
        String title = words.say("picture.latencies.said", Words.seconds(end.p50()), Words.seconds(end.p95()));
        Svg svg = new Svg("latencies" + suffix, (bands.size() + 2) * ROW + 20, title);
        double bottom = (bands.size() + 1) * ROW;
        for (double tick : List.of(0.01, 0.1, 1.0, 10.0, 100.0, 1_000.0, 10_000.0)) {
            svg.line("grid", logarithmic(tick), ROW, logarithmic(tick), bottom)
                    .text(
                            "tick",
                            logarithmic(tick),
                            bottom + 15,
                            "middle",
                            number(tick).replaceAll("\\.?0+$", ""));
        }
        svg.text("unit", Svg.WIDTH, bottom + 31, "end", words.say("picture.latencies.unit"));
        double x = NAMES;
        for (int i = 0; i < 3; i++) {
            svg.mark(i, x + 5, 10)
                    .text(
                            "name",
                            x + 15,
                            14,
                            "start",
                            List.of("p50", "p95", "p99").get(i));
            x += 60;
        }
        for (int i = 0; i < bands.size(); i++) {
            band(svg, bands.get(i), (i + 1) * ROW + ROW / 2.0);
        }
        return picture("latencies", title, svg);
    }

    private static void band(Svg svg, Band band, double y) {
        double from = logarithmic(band.p50());
        double to = logarithmic(band.p99());
        svg.text("name", NAMES - 8, y + 4, "end", Words.shortened(band.name(), NAMES - 16))
                .rect(Look.CALLS, from, y - 4, Math.max(1, logarithmic(band.p95()) - from), 8)
                .line("whisker", from, y, to, y)
                .mark(0, from, y)
                .mark(1, logarithmic(band.p95()), y)
                .mark(2, to, y)
                .text("value", Math.min(to + 10, Svg.WIDTH - 60), y + 4, "start", Words.seconds(band.p99()));
    }

    private static @Nullable Double seconds(@Nullable Long millis) {
        return millis == null ? null : (Double) (millis / 1_000.0);
    }

    /** Places seconds from 10 ms to 10,000 s. */
    private static double logarithmic(@Nullable Double seconds) {
        double share = (Math.log10(Math.max(0.01, seconds == null ? 0 : seconds)) + 2) / 6;
        return NAMES + 10 + Math.clamp(share, 0, 1) * (Svg.WIDTH - NAMES - 90);
    }

    private record Sum(Look look, String name, BigDecimal cost) {}

    /** Draws the money: what was of use, what was wasted and why, and who got it. */
    Picture money() {
        ReportCost cost = report.cost();
        List<Sum> sums = new ArrayList<>();
        sums.add(new Sum(Look.CALLS, words.say("cost.total"), cost.total()));
        sums.add(new Sum(Look.GOOD, words.say("cost.useful"), cost.useful()));
        cost.waste()
                .forEach(wasted -> sums.add(new Sum(
                        Look.BAD, words.say("waste." + wasted.why().name().toLowerCase(Locale.ROOT)), wasted.cost())));
        cost.providers()
                .forEach(provider -> sums.add(new Sum(
                        Look.CALLS, words.say("picture.money.provider", provider.provider()), provider.cost())));
        String title = words.say(
                "picture.money.said",
                Words.money(cost.total()),
                percent(cost.wastedShare()),
                Words.money(cost.perSuccess()));
        Svg svg = new Svg("money" + suffix, (sums.size() + 1) * ROW + 12, title);
        AxisScale scale = new AxisScale(Math.max(1e-9, cost.total().doubleValue()), 1);
        double width = Svg.WIDTH - NAMES - NUMBERS - 30;
        svg.text("unit", NAMES, 14, "start", words.say("picture.money.unit"));
        for (int i = 0; i < sums.size(); i++) {
            Sum sum = sums.get(i);
            double y = (i + 1) * ROW;
            svg.text("name", NAMES - 8, y + 13, "end", Words.shortened(sum.name(), NAMES - 16))
                    .rect(
                            sum.look(),
                            NAMES,
                            y,
                            Math.max(1.5, scale.at(sum.cost().doubleValue()) * width),
                            ROW - 7)
                    .text(
                            "value",
                            Svg.WIDTH,
                            y + 13,
                            "end",
                            Words.money(sum.cost()) + "  " + percent(Shares.of(sum.cost(), cost.total())));
        }
        return picture("money", title, svg);
    }
}
