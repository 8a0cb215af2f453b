package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import io.pawline.ops.report.Svg.Look;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Draws counts over time as stacked bars, on axes with units, with windows of time shaded behind them. */
final class TimeChart {

    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 30;
    private static final int AXIS = 36;
    private static final int TIMES = 5;
    /** A narrower window has no room for its name. */
    private static final int LEAST_NAMED = 40;

    private final Period period;
    private final Duration span;
    private final Words words;

    /** @param span length of the time that a bar stands for */
    TimeChart(Period period, Duration span, Words words) {
        this.period = period;
        this.span = span;
        this.words = words;
    }

    /** A part of each bar, in the order from below. */
    record Layer(Look look, String name) {}

    /** A span of time that is shaded, and what it was. */
    record Window(Instant from, Instant to, String name) {}

    /** A moment at which something was changed, and the number under which the report says what. */
    record Mark(Instant at, int number) {}

    /**
     * Draws the bars.
     *
     * @param values of each span, as many as there are layers
     * @param most the largest sum that has room, so that several charts have one scale
     * @param marks of what was changed, in front of the bars
     */
    Svg draw(
            String id,
            String title,
            String unit,
            int height,
            List<Layer> layers,
            Map<Instant, long[]> values,
            long most,
            List<Window> windows,
            List<Mark> marks) {
        Svg svg = new Svg(id, height, title);
        AxisScale scale = AxisScale.ofCounts(most);
        double bottom = height - AXIS;
        windows.forEach(window -> shade(svg, window, bottom));
        for (double tick : scale.ticks()) {
            double y = bottom - scale.at(tick) * (bottom - TOP);
            svg.line("grid", LEFT, y, Svg.WIDTH - RIGHT, y)
                    .text("tick", LEFT - 6, y + 4, "end", Words.number((long) tick));
        }
        values.forEach((at, layered) -> bar(svg, layers, at, layered, scale, bottom));
        marks.forEach(mark -> svg.change(x(mark.at()), TOP, bottom)
                .text("change-name", x(mark.at()) + 3, TOP + 22, "start", Integer.toString(mark.number())));
        times(svg, bottom);
        svg.text("unit", LEFT, TOP - 16, "start", unit);
        legend(svg, layers, values);
        return svg;
    }

    private double x(Instant at) {
        double share = (double) Duration.between(period.from(), at).toMillis()
                / period.length().toMillis();
        return LEFT + Math.clamp(share, 0, 1) * (Svg.WIDTH - LEFT - RIGHT);
    }

    private void shade(Svg svg, Window window, double bottom) {
        double from = x(window.from());
        double width = Math.max(2, x(window.to()) - from);
        svg.rect(Look.WINDOW, from, TOP, width, bottom - TOP).line("window-edge", from, TOP, from + width, TOP);
        if (width >= LEAST_NAMED) {
            svg.text("window-name", from + 3, TOP + 12, "start", Words.shortened(window.name(), width - 4));
        }
    }

    private void bar(Svg svg, List<Layer> layers, Instant at, long[] values, AxisScale scale, double bottom) {
        double x = x(at);
        double width = Math.max(1, x(at.plus(span)) - x - 0.5);
        double y = bottom;
        for (int i = 0; i < layers.size(); i++) {
            if (values[i] > 0) {
                double height = scale.at((double) values[i]) * (bottom - TOP);
                y -= height;
                svg.rect(layers.get(i).look(), x, y, width, height);
            }
        }
    }

    private void times(Svg svg, double bottom) {
        svg.line("axis", LEFT, bottom, Svg.WIDTH - RIGHT, bottom);
        for (int i = 0; i <= TIMES; i++) {
            Instant at = period.from().plus(period.length().multipliedBy(i).dividedBy(TIMES));
            svg.line("axis", x(at), bottom, x(at), bottom + 4)
                    .text(
                            "tick",
                            x(at),
                            bottom + 16,
                            i == 0 ? "start" : i == TIMES ? "end" : "middle",
                            words.clockTime(at, period.length()));
        }
        svg.text(
                "unit",
                Svg.WIDTH - RIGHT,
                bottom + 31,
                "end",
                words.say("picture.span", words.length(span), words.zone()));
    }

    private static void legend(Svg svg, List<Layer> layers, Map<Instant, long[]> values) {
        double x = Svg.WIDTH - RIGHT;
        for (int i = layers.size() - 1; i >= 0; i--) {
            int layer = i;
            long sum = values.values().stream().mapToLong(each -> each[layer]).sum();
            String name = layers.get(i).name() + " " + Words.number(sum);
            double width = Words.width(name) + 26;
            x -= width;
            svg.rect(layers.get(i).look(), x, TOP - 26, 12, 12).text("name", x + 17, TOP - 16, "start", name);
        }
    }
}
