package io.pawline.simulator.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CutOutTest {

    @Test
    void leavesThePetOfEveryStyle() {
        for (String style : new String[] {
            "watercolor",
            "pop art",
            "pixel",
            "sketch",
            "neon",
            "oil",
            "ink",
            "clay",
            "origami",
            "vintage",
            "galaxy",
            "pastel",
            "cartoon",
            "none of these"
        }) {
            for (String fur : new String[] {"white", "black", "ginger", "grey"}) {
                String prompt = "a %s cat, %s".formatted(fur, style);
                BufferedImage picture = PetPicture.draw(prompt, 0, 512, 512, true);
                BufferedImage cutOut = CutOut.of(
                        PictureCodec.decode(PictureCodec.jpeg(picture)).orElseThrow());

                assertThat(alpha(cutOut, 2, 2)
                                + alpha(cutOut, 509, 2)
                                + alpha(cutOut, 2, 509)
                                + alpha(cutOut, 509, 509))
                        .as(prompt)
                        .isZero();
                assertThat(alpha(cutOut, 256, 190)).as(prompt).isEqualTo(255);
                assertThat(alpha(cutOut, 200, 400)).as(prompt).isEqualTo(255);
                assertThat(opaqueShare(cutOut)).as(prompt).isBetween(0.25, 0.5);
            }
        }
    }

    @Test
    void softensTheEdge() {
        BufferedImage cutOut = CutOut.of(disc(Color.WHITE, Color.RED));

        assertThat(Arrays.stream(pixels(cutOut)).map(pixel -> pixel >>> 24).distinct())
                .contains(0, 255)
                .hasSizeGreaterThan(4);
        assertThat(Arrays.stream(pixels(cutOut))
                        .filter(pixel -> pixel >>> 24 != 0)
                        .map(pixel -> Math.max(pixel >> 8 & 0xFF, pixel & 0xFF)))
                .as("no white is left in the edge's colours")
                .allMatch(greenOrBlue -> greenOrBlue < 32);
    }

    @Test
    void leavesNothingOfAPlainPicture() {
        assertThat(pixels(CutOut.of(disc(Color.GRAY, Color.GRAY)))).containsOnly(0);
    }

    private static BufferedImage disc(Color background, Color color) {
        BufferedImage picture = new BufferedImage(200, 160, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(background);
        graphics.fillRect(0, 0, 200, 160);
        graphics.setColor(color);
        graphics.fill(PetCanvas.oval(100, 80, 50, 50));
        graphics.dispose();
        return picture;
    }

    private static int[] pixels(BufferedImage picture) {
        return picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    }

    private static int alpha(BufferedImage picture, int x, int y) {
        return picture.getRGB(x, y) >>> 24;
    }

    private static double opaqueShare(BufferedImage picture) {
        int[] pixels = pixels(picture);
        return Arrays.stream(pixels).filter(pixel -> pixel >>> 24 > 127).count() / (double) pixels.length;
    }
}
