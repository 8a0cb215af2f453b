package io.pawline.finalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HalfSizeTest {

    private static final int[] CHANNELS = {16, 8, 0};

    @Test
    void eachPixelIsTheMeanOfFourWeightedByAlpha() {
        BufferedImage image = random(64, 48, 256);

        BufferedImage half = HalfSize.of(image);

        assertThat(half.getWidth()).isEqualTo(32);
        assertThat(half.getHeight()).isEqualTo(24);
        assertMeans(image, half);
    }

    @Test
    void isTheSameIfAllOrNothingIsVisible() {
        BufferedImage image = random(64, 64, 2);

        assertMeans(image, HalfSize.of(image));
    }

    /** @param alphas how many different ones there are */
    private static BufferedImage random(int width, int height, int alphas) {
        Random random = new Random(1);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int alpha = random.nextInt(alphas) * 255 / (alphas - 1);
                image.setRGB(x, y, alpha << 24 | random.nextInt(1 << 24));
            }
        }
        return image;
    }

    private static void assertMeans(BufferedImage image, BufferedImage half) {
        for (int y = 0; y < half.getHeight(); y++) {
            for (int x = 0; x < half.getWidth(); x++) {
                int[] four = {
                    image.getRGB(2 * x, 2 * y),
                    image.getRGB(2 * x + 1, 2 * y),
                    image.getRGB(2 * x, 2 * y + 1),
                    image.getRGB(2 * x + 1, 2 * y + 1)
                };
                int mean = half.getRGB(x, y);
                double weight = IntStream.of(four).map(pixel -> pixel >>> 24).sum();
                assertThat((double) (mean >>> 24)).isCloseTo(weight / 4, within(0.5));
                if (weight == 0) {
                    assertThat(mean).isZero();
                    continue;
                }
                for (int channel : CHANNELS) {
                    double colour = IntStream.of(four)
                                    .map(pixel -> (pixel >>> 24) * (pixel >>> channel & 0xFF))
                                    .sum()
                            / weight;
                    assertThat((double) (mean >>> channel & 0xFF)).isCloseTo(colour, within(0.51));
                }
            }
        }
    }
}
