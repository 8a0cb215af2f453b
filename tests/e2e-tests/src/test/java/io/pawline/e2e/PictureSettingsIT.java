package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.testkit.NeedsTools;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests that the settings of pictures work together, from the photo to the thumbnail. */
@Timeout(180)
class PictureSettingsIT {

    private static final String SETTINGS = """
            pawline:
              generate:
                size: 1920x1920
                reference-photo: true
                transparent: true
              finalize:
                thumbnail-format: webp
              label:
                explicit:
                  enabled: true
                  position: top-left
            """;

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path folder;

    /** The photo's coat has a colour that no description has, so the picture has it from the photo. */
    @Test
    @NeedsTools({NeedsTools.Tool.CWEBP, NeedsTools.Tool.EXIFTOOL})
    void aPictureAfterThePhotoWithWordsAndWithoutMatting() throws Exception {
        Ports ports = Ports.anyFree();
        Path settings = Files.writeString(folder.resolve("settings.yaml"), SETTINGS);
        try (LocalStack stack = LocalStack.start(
                        new LocalStack.Options(folder.resolve("stack"), ports, Optional.of("instant")), _ -> {});
                LocalServices _ = LocalServices.startPipeline(stack.settings(), Optional.of(settings), (_, _) -> {});
                TestingFrontEnd frontEnd = new TestingFrontEnd(ports.ingest(), LocalStack.WEBHOOK_SECRET)) {
            String task = frontEnd.submit(violetPhoto(), "cartoon");
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> !frontEnd.task(task).path("state").asString("").equals("processing"));

            JsonNode result = frontEnd.task(task).path("result");
            assertThat(result.path("width").intValue())
                    .as("%s", frontEnd.task(task))
                    .isEqualTo(1920);
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(
                    frontEnd.download(result.path("image_url").asString(""))));
            assertThat(picture.getRGB(1919, 3) >>> 24).as("the background").isZero();
            assertThat(picture.getRGB(60, 60) >>> 24).as("the box of the words").isGreaterThan(150);
            assertThat(blueMinusGreen(picture)).as("how violet it is").isGreaterThan(40);
            assertThat(JSON.readTree(frontEnd.download("http://127.0.0.1:" + ports.simulator() + "/stats"))
                            .at("/providers/matting/calls")
                            .intValue())
                    .as("paid calls for matting")
                    .isZero();
            String thumbnail = result.path("thumbnail_url").asString("");
            assertThat(thumbnail).contains("/thumbnail-256.webp");
            assertThat(said(frontEnd.download(thumbnail)))
                    .contains("WEBP")
                    .contains("{\"Label\":\"1\",")
                    .contains("\"ContentProducer\":\"Pawline\",\"ProduceID\":\"" + task);
        }
    }

    private static String said(byte[] webp) throws Exception {
        Path file = Files.write(folder.resolve("thumbnail.webp"), webp);
        Process exiftool = new ProcessBuilder("exiftool", "-a", "-s", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(exiftool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(exiftool.waitFor()).as(said).isZero();
        return said;
    }

    /** The mean difference of the visible pixels. */
    private static double blueMinusGreen(BufferedImage picture) {
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return Arrays.stream(pixels)
                .filter(pixel -> pixel >>> 24 == 255)
                .map(pixel -> (pixel & 0xFF) - (pixel >> 8 & 0xFF))
                .average()
                .orElseThrow();
    }

    /** Something with the texture of fur, which the simulator takes for a pet. */
    private static byte[] violetPhoto() throws IOException {
        BufferedImage photo = new BufferedImage(480, 480, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = photo.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, 480, 480);
        Random random = new Random(7);
        for (int i = 0; i < 40_000; i++) {
            double angle = random.nextDouble() * 2 * Math.PI;
            double distance = 190 * Math.sqrt(random.nextDouble());
            int shade = random.nextInt(60);
            graphics.setColor(new Color(110 + shade, 20 + shade, 190 + shade));
            int x = (int) (240 + distance * Math.cos(angle));
            int y = (int) (240 + distance * Math.sin(angle));
            graphics.drawLine(x, y, x + random.nextInt(7) - 3, y + 6);
        }
        graphics.dispose();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(photo, "png", file);
        return file.toByteArray();
    }
}
