package io.pawline.simulator.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class PetPictureTest {

    private static final String CAT = "a fluffy ginger tabby cat with green eyes";

    @Test
    void drawsTheSamePromptTheSameWay() {
        assertThat(difference(draw(CAT + ", watercolor"), draw(CAT + ", watercolor")))
                .isZero();
    }

    @Test
    void drawsEachPetItsOwnWay() {
        BufferedImage ginger = draw(CAT + ", cartoon");

        for (String other : new String[] {
            "a black cat with amber eyes, cartoon", "a white dog with dark eyes, cartoon", "a grey rabbit, cartoon"
        }) {
            assertThat(difference(ginger, draw(other))).as(other).isGreaterThan(10);
        }
    }

    @Test
    void drawsEachStyleItsOwnWay() {
        BufferedImage watercolor = draw(CAT + ", watercolor");

        for (String style : new String[] {
            "pop art", "pixel art", "pencil sketch", "neon", "oil painting", "水墨", "clay", "a style of nobody's"
        }) {
            assertThat(difference(watercolor, draw(CAT + ", " + style)))
                    .as(style)
                    .isGreaterThan(10);
        }
    }

    @Test
    void drawsUnnamedStylesApart() {
        assertThat(difference(draw(CAT + ", like my aunt's kitchen"), draw(CAT + ", like a stormy harbour")))
                .isGreaterThan(5);
    }

    @Test
    void takesTheFursColourFromTheWords() {
        int ginger = draw("a ginger cat with blue eyes, cartoon").getRGB(190, 330);

        assertThat(ginger >> 16 & 0xFF).as("red").isGreaterThan(180);
        assertThat(ginger & 0xFF).as("blue").isLessThan(110);
    }

    @Test
    void drawsInTheSizeAskedFor() {
        BufferedImage wide = PetPicture.draw(CAT, 0, 700, 300, true);

        assertThat(wide.getWidth()).isEqualTo(700);
        assertThat(wide.getHeight()).isEqualTo(300);
    }

    @Test
    void marksAPictureOnlyWhenAskedTo() {
        BufferedImage marked = PetPicture.draw(CAT, 0, 512, 512, true);

        assertThat(difference(draw(CAT), marked)).isPositive().isLessThan(1);
    }

    @Test
    void seedsGiveOtherPicturesOfOnePrompt() {
        assertThat(difference(draw(CAT), PetPicture.draw(CAT, 7, 512, 512, false)))
                .isPositive();
    }

    private static BufferedImage draw(String prompt) {
        return PetPicture.draw(prompt, 0, 512, 512, false);
    }

    /** Mean difference per channel, of 255. */
    private static double difference(BufferedImage one, BufferedImage other) {
        long sum = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    sum += Math.abs((one.getRGB(x, y) >> shift & 0xFF) - (other.getRGB(x, y) >> shift & 0xFF));
                }
            }
        }
        return sum / 3.0 / one.getWidth() / one.getHeight();
    }
}
