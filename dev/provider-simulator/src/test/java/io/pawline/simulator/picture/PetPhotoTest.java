package io.pawline.simulator.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PetPhotoTest {

    @Test
    void describesTheSamplePhoto() throws IOException {
        try (InputStream photo = Objects.requireNonNull(getClass().getResourceAsStream("/sample/cat.png"))) {
            PetPhoto seen = PetPhoto.lookAt(photo.readAllBytes()).orElseThrow();

            assertThat(seen).isEqualTo(new PetPhoto(true, "a fluffy brown tabby cat with amber eyes, in soft light"));
        }
    }

    @Test
    void describesDifferentPhotosDifferently() {
        Set<String> descriptions = new HashSet<>();
        for (String fur : new String[] {"black", "ginger", "grey", "white"}) {
            BufferedImage photo = PetPicture.draw("a " + fur + " cat, cartoon", 0, 512, 512, false);
            PetPhoto seen = PetPhoto.lookAt(PictureCodec.jpeg(photo)).orElseThrow();

            assertThat(seen.hasPet()).isTrue();
            descriptions.add(seen.description());
        }
        assertThat(descriptions).hasSize(4);
    }

    @Test
    void seesNoPetWithoutTexture() {
        assertThat(look(Color.PINK).hasPet()).isFalse();
        assertThat(look(new GradientPaint(0, 0, Color.ORANGE, 800, 600, Color.BLUE))
                        .hasPet())
                .isFalse();
        assertThat(look(Color.PINK).description()).contains("no animal");
    }

    @Test
    void seesNothingInWhatIsNoPicture() {
        assertThat(PetPhoto.lookAt("no picture".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        byte[] half = PictureCodec.png(PetPicture.draw("a cat", 0, 512, 512, false));
        assertThat(PetPhoto.lookAt(Arrays.copyOf(half, half.length / 2))).isEmpty();
    }

    private static PetPhoto look(Paint paint) {
        BufferedImage picture = new BufferedImage(800, 600, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setPaint(paint);
        graphics.fillRect(0, 0, 800, 600);
        graphics.dispose();
        return PetPhoto.lookAt(PictureCodec.jpeg(picture)).orElseThrow();
    }
}
