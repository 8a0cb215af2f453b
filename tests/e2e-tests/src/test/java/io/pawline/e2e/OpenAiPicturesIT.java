package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tests that a picture which its provider does not keep gets through all stages. */
@Timeout(180)
class OpenAiPicturesIT {

    @TempDir
    private static Path folder;

    @Test
    void aPictureThatIsInTheAnswerIsCutOut() throws Exception {
        Ports ports = Ports.anyFree();
        Path settings = Files.writeString(folder.resolve("settings.yaml"), """
                        pawline:
                          generate:
                            format: openai-images
                            base-url: http://127.0.0.1:%d/v1
                            model: gpt-image-2
                            size: 1024x768
                        """.formatted(ports.simulator()));
        try (LocalStack stack = LocalStack.start(
                        new LocalStack.Options(folder.resolve("stack"), ports, Optional.of("instant")), _ -> {});
                LocalServices _ = LocalServices.startPipeline(stack.settings(), Optional.of(settings), (_, _) -> {});
                TestingFrontEnd frontEnd = new TestingFrontEnd(ports.ingest(), LocalStack.WEBHOOK_SECRET)) {
            byte[] photo = frontEnd.download("http://127.0.0.1:" + ports.simulator() + "/photos/cat.png");
            String task = frontEnd.submit(photo, "cartoon");
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> !frontEnd.task(task).path("state").asString("").equals("processing"));

            JsonNode result = frontEnd.task(task).path("result");
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(
                    frontEnd.download(result.path("image_url").asString(""))));
            assertThat(picture.getWidth()).as("%s", frontEnd.task(task)).isEqualTo(1024);
            assertThat(picture.getHeight()).isEqualTo(768);
            assertThat(picture.getRGB(2, 2) >>> 24).as("the background").isZero();
        }
    }
}
