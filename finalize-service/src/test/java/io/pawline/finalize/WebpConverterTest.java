package io.pawline.finalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.pawline.testkit.NeedsTools;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WebpConverterTest {

    @TempDir
    Path folder;

    @Test
    @NeedsTools(NeedsTools.Tool.CWEBP)
    void keepsTransparencyAndRoughlyTheColours() throws Exception {
        BufferedImage cat = TestingCutOut.cat(256, 192);
        byte[] png = TestingCutOut.png(cat);

        byte[] webp = new WebpConverter("cwebp", 85, 1).convert(png);

        assertThat(webp.length).isLessThan(png.length);
        BufferedImage back = decoded(webp);
        assertThat(back.getRGB(2, 2) >>> 24).isZero();
        Color fur = new Color(cat.getRGB(128, 150));
        Color seen = new Color(back.getRGB(128, 150));
        assertThat(back.getRGB(128, 150) >>> 24).isEqualTo(255);
        assertThat(seen.getRed()).isCloseTo(fur.getRed(), within(12));
        assertThat(seen.getGreen()).isCloseTo(fur.getGreen(), within(12));
        assertThat(seen.getBlue()).isCloseTo(fur.getBlue(), within(12));
    }

    @Test
    @NeedsTools(NeedsTools.Tool.CWEBP)
    void passesOnWhyTheProgramRefusesAPicture() {
        assertThatThrownBy(
                        () -> new WebpConverter("cwebp", 85, 1).convert("no picture".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cwebp ended with ")
                .hasMessageContaining("Error");
    }

    @Test
    void endsAProgramThatTakesTooLong() throws Exception {
        Path slow = program("exec sleep 50");
        WebpConverter converter = new WebpConverter(slow.toString(), 85, 1, Duration.ofMillis(300));

        assertThatThrownBy(() -> converter.convert(TestingCutOut.png(TestingCutOut.cat(64, 64))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cwebp ended with 137");
    }

    @Test
    void takesNothingFromAProgramThatFailsOrWritesNothing() throws Exception {
        byte[] png = TestingCutOut.png(TestingCutOut.cat(64, 64));

        assertThatThrownBy(() -> new WebpConverter(
                                program("cat; echo no room >&2; exit 3").toString(), 85, 1)
                        .convert(png))
                .hasMessage("cwebp ended with 3: no room");
        assertThatThrownBy(() -> new WebpConverter(program("exit 0").toString(), 85, 1).convert(png))
                .hasMessageStartingWith("cwebp ended with 0: ");
    }

    private Path program(String script) throws IOException {
        Path file = Files.createTempFile(folder, "program", ".sh");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** The picture as dwebp decodes it, which is in the same package of Debian. */
    private BufferedImage decoded(byte[] webp) throws Exception {
        Path file = Files.write(folder.resolve("picture.webp"), webp);
        Path png = folder.resolve("picture.png");
        Process process = new ProcessBuilder("dwebp", "-quiet", file.toString(), "-o", png.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        return ImageIO.read(png.toFile());
    }
}
