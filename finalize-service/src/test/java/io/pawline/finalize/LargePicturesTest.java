package io.pawline.finalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.finalize.FinishResult.Pictures;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.images.label.VisibleLabel;
import io.pawline.images.label.VisibleLabelProperties;
import io.pawline.stage.MemoryBudget;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Decodes more pictures at once than a small heap holds, in a process of its own. */
@Timeout(120)
class LargePicturesTest {

    private static final int PICTURES = 16;
    private static final int SIDE = 2048;

    @Test
    void largePicturesAtOnceFitIntoASmallHeap() throws Exception {
        assertThat(exitOf("plain")).isZero();
    }

    @Test
    void largePicturesWithWordsFitIntoASmallHeap() throws Exception {
        assertThat(exitOf("words")).isZero();
    }

    private static int exitOf(String kind) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process finisher = new ProcessBuilder(
                        java.toString(),
                        "-Xmx160m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargePicturesTest.class.getName(),
                        kind)
                .inheritIO()
                .start();
        return finisher.waitFor();
    }

    /** Is the process with the small heap: exits with 0 if every picture is finished. */
    static void main(String[] args) throws Exception {
        // With words, one picture fits in and two do not. Without them counted, three would be let in
        MemoryBudget memory = MemoryBudget.ofHeap(args[0].equals("words") ? 0.8 : 0.4);
        PictureFinisher finisher =
                new PictureFinisher(new Plausibility(64, 16_777_216, 0.005, 0.995), List.of(256), PICTURES, memory);
        byte[] png = cutOut();
        VisibleLabelProperties words = new VisibleLabelProperties(
                args[0].equals("words"), "AI生成", VisibleLabelProperties.Position.BOTTOM_RIGHT, 0.05);
        Optional<VisibleLabel> label =
                new PictureLabel(new LabelProperties(true, "Pawline", "", words, Map.of())).visible("tenant");
        Callable<FinishResult> task = () -> finisher.finish(png, label);
        boolean done = true;
        try (ExecutorService threads = Executors.newFixedThreadPool(PICTURES)) {
            for (Future<FinishResult> result : threads.invokeAll(Collections.nCopies(PICTURES, task))) {
                done &= result.get() instanceof Pictures;
            }
        }
        System.exit(done ? 0 : 1);
    }

    private static byte[] cutOut() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_4BYTE_ABGR);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.ORANGE);
        graphics.fillOval(SIDE / 4, SIDE / 4, SIDE / 2, SIDE / 2);
        graphics.dispose();
        return new PngCodec().encode(image);
    }
}
