package io.pawline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares the report's day with the same day of the two sides.
 *
 * @param tasks that people submitted
 * @param control the report's policy; null: left out
 * @param pawline Pawline as it is; null: left out
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record IncidentFigures(
        int tasks,
        double scale,
        @Nullable SideFigures control,
        @Nullable SideFigures pawline,
        Machine machine) {

    private static final String UNKNOWN = "-";

    String table() {
        StringBuilder table = new StringBuilder();
        line(table, "", "the report's day", "the control", "Pawline");
        row(table, "tasks", "49,263", side -> String.format(Locale.ROOT, "%,d", side.tasks()));
        row(table, "asked for again", UNKNOWN, side -> String.format(Locale.ROOT, "%,d", side.askedAgain()));
        row(table, "success", "82.10 %", side -> String.format(Locale.ROOT, "%.2f %%", side.successPct()));
        row(table, "  that was possible", UNKNOWN, side -> String.format(Locale.ROOT, "%.2f %%", side.possiblePct()));
        row(table, "called back", "81.70 %", side -> String.format(Locale.ROOT, "%.2f %%", side.calledBackPct()));
        row(table, "never ended", UNKNOWN, side -> String.format(Locale.ROOT, "%,d", side.neverEnded()));
        row(
                table,
                "failures unclassified",
                "46.7 % (1)",
                side -> String.format(Locale.ROOT, "%.2f %%", side.unclassifiedPct()));
        row(table, "calls by calls needed", UNKNOWN, side -> String.format(Locale.ROOT, "%.2f", side.amplification()));
        row(table, "paid twice", UNKNOWN, side -> String.format(Locale.ROOT, "%,d", side.paidTwice()));
        row(table, "money by success", UNKNOWN, side -> String.format(Locale.ROOT, "%.4f", side.costPerSuccess()));
        row(table, "a task, p50", "20-40 s (2)", side -> String.format(Locale.ROOT, "%,.0f s", side.p50S()));
        row(table, "a task, p95", UNKNOWN, side -> String.format(Locale.ROOT, "%,.0f s", side.p95S()));
        row(table, "a task, p99", UNKNOWN, side -> String.format(Locale.ROOT, "%,.0f s", side.p99S()));
        row(
                table,
                "drained after the last peak",
                UNKNOWN,
                side -> side.drainS() == null ? "not" : String.format(Locale.ROOT, "%,.0f s", side.drainS()));
        row(
                table,
                "time to the end, error p50",
                UNKNOWN,
                side -> side.etaErrorPct() == null ? "-" : String.format(Locale.ROOT, "%.1f %%", side.etaErrorPct()));
        if (pawline != null && pawline.window() != null) {
            row(table, "in the scenario's time: tasks", UNKNOWN, side -> inWindow(side, w -> (double) w.tasks()));
            row(table, "  expired", UNKNOWN, side -> inWindow(side, w -> (double) w.expired()));
            row(table, "  a task, p95 in seconds", UNKNOWN, side -> inWindow(side, SideFigures.Window::p95S));
        }
        table.append(
                "(1) of the text-to-image failures  (2) \"usually\"; times are the report's, %s times what passed%n"
                        .formatted(scale));
        table.append(String.format(Locale.ROOT, "(%s)%n", machine.inOneLine()));
        return table.toString();
    }

    private static String inWindow(SideFigures side, ToDoubleFunction<SideFigures.Window> figure) {
        SideFigures.Window window = side.window();
        return window == null ? UNKNOWN : String.format(Locale.ROOT, "%,.0f", figure.applyAsDouble(window));
    }

    private void row(StringBuilder table, String what, String report, Function<SideFigures, String> figure) {
        line(
                table,
                what,
                report,
                control == null ? "" : figure.apply(control),
                pawline == null ? "" : figure.apply(pawline));
    }

    private static void line(StringBuilder table, String what, String report, String control, String pawline) {
        table.append(String.format(Locale.ROOT, "%-30s%18s%18s%18s%n", what, report, control, pawline));
    }

    void write(Path json) throws IOException {
        Files.write(json, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }
}
