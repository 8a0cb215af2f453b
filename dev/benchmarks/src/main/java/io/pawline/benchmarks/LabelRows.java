package io.pawline.benchmarks;

import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.images.label.VisibleLabel;
import io.pawline.images.label.VisibleLabelProperties;
import io.pawline.schemas.TaskId;
import io.pawline.simulator.picture.CutOut;
import io.pawline.simulator.picture.PetPicture;
import io.pawline.simulator.picture.PictureCodec;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures what the labels of a picture cost, in processor time of one thread. */
final class LabelRows {

    private static final int SIDE = 2048;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final VisibleLabelProperties WORDS =
            new VisibleLabelProperties(true, "AI生成", VisibleLabelProperties.Position.BOTTOM_RIGHT, 0.05);
    private static final PictureLabel LABEL =
            new PictureLabel(new LabelProperties(true, "Pawline", "", WORDS, Map.of()));

    private LabelRows() {}

    /**
     * Holds the times of one kind of label.
     *
     * @param bytes size of the PNG; 0 if the label is drawn on pixels
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(int pictures, int side, int bytes, double medianMs, double p95Ms) {}

    private interface Labelling {
        void label(int picture);
    }

    /** Measures the label in the metadata of a cut-out. */
    static BenchmarkRow.Findings implicit(BenchmarkRow.Setting setting) {
        byte[] png = PictureCodec.png(CutOut.of(PetPicture.draw("a ginger cat, watercolor", 0, SIDE, SIDE, false)));
        TaskId task = TaskId.next();
        boolean[] wrong = new boolean[1];
        Figures figures =
                measured(setting, png.length, _ -> wrong[0] |= LABEL.into(png, "tenant", task).length <= png.length);
        return findings(
                figures, "into the metadata of a PNG", wrong[0] ? List.of("a picture has no label") : List.of());
    }

    /** Measures the words that are drawn on a decoded picture. Packing the picture anew is not counted. */
    static BenchmarkRow.Findings explicit(BenchmarkRow.Setting setting) {
        VisibleLabel words = LABEL.visible("tenant").orElseThrow();
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_4BYTE_ABGR);
        Figures figures = measured(setting, 0, _ -> words.drawOn(picture));
        boolean drawn = picture.getRGB(SIDE - 60, SIDE - 60) != 0;
        return findings(figures, "drawn on pixels", drawn ? List.of() : List.of("nothing is drawn"));
    }

    private static Figures measured(BenchmarkRow.Setting setting, int bytes, Labelling labelling) {
        int pictures = setting.scale().of(1_000, 5);
        for (int i = 0; i < pictures; i++) {
            labelling.label(i);
        }
        double[] millis = new double[pictures];
        for (int i = 0; i < pictures; i++) {
            long began = THREADS.getCurrentThreadCpuTime();
            labelling.label(i);
            millis[i] = (THREADS.getCurrentThreadCpuTime() - began) / 1e6;
        }
        Arrays.sort(millis);
        return new Figures(
                pictures,
                SIDE,
                bytes,
                Math.round(1_000 * millis[pictures / 2]) / 1_000.0,
                Math.round(1_000 * millis[pictures * 95 / 100]) / 1_000.0);
    }

    private static BenchmarkRow.Findings findings(Figures figures, String how, List<String> wrong) {
        String summary = String.format(
                Locale.ROOT,
                "%.3f ms at the median, %.3f ms at p95, %s, %d x %d pixels%s",
                figures.medianMs(),
                figures.p95Ms(),
                how,
                figures.side(),
                figures.side(),
                figures.bytes() == 0 ? "" : String.format(Locale.ROOT, " (%.1f MB)", figures.bytes() / 1e6));
        return new BenchmarkRow.Findings(summary, figures, figures.medianMs() <= 0.5, wrong);
    }
}
