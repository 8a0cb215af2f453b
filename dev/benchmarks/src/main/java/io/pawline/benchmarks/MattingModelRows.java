package io.pawline.benchmarks;

import io.pawline.local.Ports;
import io.pawline.simulator.picture.PetScene;
import io.pawline.simulator.picture.PictureCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Measures the matting model in the process that an operator runs, on one processor. The pictures are drawn pets on plain,
 * graded and textured backgrounds, of which the truth is known.
 */
final class MattingModelRows {

    private static final int SIDE = 1024;
    private static final int PICTURES = 300;
    private static final int TIMED = 60;
    private static final double LEAST_MEDIAN = 0.95;
    private static final double LEAST_TENTH = 0.85;
    private static final double MOST_MS = 700;
    private static final long MOST_MEGABYTES = 450;

    private MattingModelRows() {}

    /**
     * Holds how well cut-outs match the truth, as the overlap: the area of both divided by the area of either.
     *
     * @param medianByBackdrop the medians, by the kind of the background
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Quality(
            int pictures,
            int side,
            double median,
            double tenthPercentile,
            double least,
            Map<String, Double> medianByBackdrop) {}

    /**
     * Holds what cutting out costs, from request to answer.
     *
     * @param cpuMs processor time of the whole process for one picture; unlike the others, it hardly depends on what else
     *     the machine does
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Cost(int pictures, int side, double medianMs, double p95Ms, double cpuMs, long peakMegabytes) {}

    static BenchmarkRow.Findings quality(BenchmarkRow.Setting setting) throws Exception {
        int pictures = setting.scale().of(PICTURES, 3);
        List<Double> overlaps = new ArrayList<>();
        Map<String, List<Double>> byBackdrop = new TreeMap<>();
        try (MattingModelProcess model = started(setting)) {
            for (int number = 0; number < pictures; number++) {
                PetScene scene = PetScene.numbered(number, SIDE);
                byte[] cutOut = model.cutOut(PictureCodec.jpeg(scene.picture()));
                double overlap = scene.overlap(PictureCodec.decode(cutOut).orElseThrow());
                overlaps.add(overlap);
                byBackdrop
                        .computeIfAbsent(scene.backdrop().name().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                        .add(overlap);
            }
        }
        Map<String, Double> medians = new TreeMap<>();
        byBackdrop.forEach((backdrop, some) -> medians.put(backdrop, percentile(some, 50)));
        Quality figures = new Quality(
                pictures, SIDE, percentile(overlaps, 50), percentile(overlaps, 10), percentile(overlaps, 0), medians);
        String summary = String.format(
                Locale.ROOT,
                "overlap %.3f at the median, %.3f at the tenth percentile, %.3f at least, of %d pictures",
                figures.median(),
                figures.tenthPercentile(),
                figures.least(),
                pictures);
        boolean reached = figures.median() >= LEAST_MEDIAN && figures.tenthPercentile() >= LEAST_TENTH;
        return new BenchmarkRow.Findings(summary, figures, reached, List.of());
    }

    static BenchmarkRow.Findings cost(BenchmarkRow.Setting setting) throws Exception {
        int pictures = setting.scale().of(TIMED, 3);
        double[] millis = new double[pictures];
        long peak;
        double cpuMs;
        try (MattingModelProcess model = started(setting)) {
            Duration before = Duration.ZERO;
            for (int number = -pictures / 4; number < pictures; number++) {
                byte[] picture = PictureCodec.jpeg(
                        PetScene.numbered(Math.abs(number), SIDE).picture());
                before = number == 0 ? model.processorTime() : before;
                long began = System.nanoTime();
                model.cutOut(picture);
                if (number >= 0) {
                    millis[number] = (System.nanoTime() - began) / 1e6;
                }
            }
            cpuMs = model.processorTime().minus(before).toMillis() / (double) pictures;
            peak = model.peakMegabytes();
        }
        List<Double> all = Arrays.stream(millis).boxed().toList();
        Cost figures = new Cost(pictures, SIDE, percentile(all, 50), percentile(all, 95), Math.round(cpuMs), peak);
        String summary = String.format(
                Locale.ROOT,
                "%.0f ms at the median, %.0f ms at p95, %.0f ms of CPU, %d MB resident at most, on one processor",
                figures.medianMs(),
                figures.p95Ms(),
                cpuMs,
                peak);
        boolean reached = figures.medianMs() <= MOST_MS && peak <= MOST_MEGABYTES;
        return new BenchmarkRow.Findings(summary, figures, reached, List.of());
    }

    private static MattingModelProcess started(BenchmarkRow.Setting setting) throws IOException, InterruptedException {
        return MattingModelProcess.start(setting.folder(), Ports.anyFree().mattingModel());
    }

    private static double percentile(List<Double> values, int percent) {
        List<Double> sorted = values.stream().sorted().toList();
        double value = sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
        return Math.round(value * 10_000) / 10_000.0;
    }
}
