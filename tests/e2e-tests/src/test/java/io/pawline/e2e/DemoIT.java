package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProjectFiles;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests the first command that a newcomer runs. */
class DemoIT {

    @Test
    void aPhotoComesBackAsACutOut(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("out");
        try (ServiceProcess demo = demo(folder, "--style", "pop art", "--out", out.toString())) {
            assertThat(demo.exitCode()).as(demo.output()).isZero();
            assertThat(demo.output())
                    .contains("detect", "generate", "matting", "finalize", "success", "result.png")
                    .contains("called back, verified with the tenant's secret");
        }

        BufferedImage result = ImageIO.read(out.resolve("result.png").toFile());
        assertThat(result.getColorModel().hasAlpha()).isTrue();
        assertThat(alpha(result, 0, 0)).as("a corner").isZero();
        assertThat(alpha(result, result.getWidth() / 2, result.getHeight() / 2))
                .as("the middle")
                .isEqualTo(255);
        BufferedImage thumbnail = ImageIO.read(out.resolve("thumbnail.png").toFile());
        assertThat(Math.max(thumbnail.getWidth(), thumbnail.getHeight())).isEqualTo(256);
        assertThat(alpha(thumbnail, 0, 0)).isZero();
        JsonNode callback = new JsonMapper().readTree(Files.readString(out.resolve("callback.json")));
        assertThat(callback.at("/params/code").asInt(-1)).isZero();
        assertThat(callback.at("/params/data/status").asString("")).isEqualTo("success");
    }

    @Test
    void aPhotoWithoutAPetFailsInOneClearLine(@TempDir Path folder) throws Exception {
        Path photo = folder.resolve("wall.png");
        ImageIO.write(new BufferedImage(400, 300, BufferedImage.TYPE_INT_RGB), "png", photo.toFile());

        try (ServiceProcess demo = demo(
                folder,
                "--photo",
                photo.toString(),
                "--out",
                folder.resolve("out").toString())) {
            assertThat(demo.exitCode()).isNotZero();
            assertThat(demo.output()).contains("no_pet").contains("the log is ").doesNotContain("\tat ");
        }
    }

    @Test
    void aMissingPhotoIsNamedBeforeAnythingStarts(@TempDir Path folder) throws Exception {
        try (ServiceProcess demo = demo(folder, "--photo", "no-such.jpg")) {
            assertThat(demo.exitCode()).isEqualTo(2);
            assertThat(demo.output()).contains("no-such.jpg").doesNotContain("PostgreSQL");
        }
    }

    private static ServiceProcess demo(Path folder, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(ProjectFiles.launcher().toString(), "demo"));
        command.addAll(List.of(options));
        return ServiceProcess.start(folder.resolve("output.log"), command);
    }

    private static int alpha(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) >>> 24;
    }
}
