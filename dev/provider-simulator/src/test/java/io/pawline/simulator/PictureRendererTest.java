package io.pawline.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.simulator.PictureRenderer.Form;
import io.pawline.simulator.PictureRenderer.Order;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.core.io.SerializedString;

class PictureRendererTest {

    private static final int PICTURES = 24;

    /** Draws more pictures than its heap can hold. */
    static final class Drawing {
        public static void main(String[] arguments) {
            long bytes = 0;
            try (PictureRenderer renderer = new PictureRenderer(0)) {
                for (int i = 0; i < PICTURES; i++) {
                    Order order = new Order("cat " + i, i, 1_024, 1_024, false, Optional.empty(), Form.JPEG);
                    bytes += ((SerializedString) renderer.cutOutAsJson(order).rawValue()).asUnquotedUTF8().length;
                }
            }
            System.out.println("made " + bytes / 1_000_000 + " MB");
        }
    }

    @Test
    void keepsPicturesOnlyWhileTheHeapHasRoom() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Drawing.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).containsPattern("made \\d{2,} MB");
    }
}
