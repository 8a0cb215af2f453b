package io.pawline.finalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AreaAverageTest {

    private static final int[] CHANNELS = {16, 8, 0};

    /** Compared with the sum over all source pixels, in floating point. */
    @Property(tries = 150)
    void eachPixelIsTheMeanOfItsArea(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 1, max = 40) int smallWidth,
            @ForAll @IntRange(min = 1, max = 40) int smallHeight,
            @ForAll @IntRange(min = 2, max = 256) int alphas,
            @ForAll long seed) {
        BufferedImage image = random(width, height, alphas, seed);
        int toWidth = Math.min(width, smallWidth);
        int toHeight = Math.min(height, smallHeight);

        BufferedImage small = reduced(image, toWidth, toHeight);

        assertThat(small.getWidth()).isEqualTo(toWidth);
        assertThat(small.getHeight()).isEqualTo(toHeight);
        for (int y = 0; y < toHeight; y++) {
            for (int x = 0; x < toWidth; x++) {
                assertMean(image, small, x, y);
            }
        }
    }

    /** Compared with the code that had the whole picture in memory. */
    @Property(tries = 200)
    void rowByRowGivesTheSameBytesAsAWholePicture(
            @ForAll @IntRange(min = 1, max = 70) int width,
            @ForAll @IntRange(min = 1, max = 70) int height,
            @ForAll @IntRange(min = 1, max = 70) int smallWidth,
            @ForAll @IntRange(min = 1, max = 70) int smallHeight,
            @ForAll @IntRange(min = 2, max = 256) int alphas,
            @ForAll long seed) {
        BufferedImage image = random(width, height, alphas, seed);
        int toWidth = Math.min(width, smallWidth);
        int toHeight = Math.min(height, smallHeight);

        BufferedImage small = reduced(image, toWidth, toHeight);

        assertThat(Pixel.abgr(small)).isEqualTo(Pixel.abgr(WholePictureAverage.of(image, toWidth, toHeight)));
    }

    /** As with all usual sizes. Pixels are opaque, invisible, or in between. */
    @Property(tries = 200)
    void blocksOfWholePixelsGiveTheSameBytes(
            @ForAll @IntRange(min = 1, max = 9) int blockWidth,
            @ForAll @IntRange(min = 1, max = 9) int blockHeight,
            @ForAll @IntRange(min = 1, max = 9) int toWidth,
            @ForAll @IntRange(min = 1, max = 9) int toHeight,
            @ForAll @IntRange(min = 2, max = 256) int alphas,
            @ForAll long seed) {
        BufferedImage image = random(blockWidth * toWidth, blockHeight * toHeight, alphas, seed);

        BufferedImage small = reduced(image, toWidth, toHeight);

        assertThat(Pixel.abgr(small)).isEqualTo(Pixel.abgr(WholePictureAverage.of(image, toWidth, toHeight)));
    }

    /** A colour without a pattern stays as it is, to the bit. */
    @Property(tries = 300)
    void keepsAColour(@ForAll int colour, @ForAll @IntRange(min = 1, max = 30) int side) {
        int opaque = colour | 0xFF00_0000;
        BufferedImage image = new BufferedImage(30, 30, BufferedImage.TYPE_4BYTE_ABGR);
        for (int i = 0; i < 900; i++) {
            image.setRGB(i % 30, i / 30, opaque);
        }

        BufferedImage small = reduced(image, side, side);

        for (int i = 0; i < side * side; i++) {
            assertThat(small.getRGB(i % side, i / side)).isEqualTo(opaque);
        }
    }

    /** Up to the largest sum that there can be, and next to where the quotient changes. */
    @Property(tries = 2_000)
    void theQuotientIsRoundedExactly(
            @ForAll @LongRange(min = 1, max = 255L << 29) long by,
            @ForAll @IntRange(max = 65_535) int quotient,
            @ForAll @IntRange(min = -2, max = 2) int beside) {
        for (long sum : new long[] {by * quotient + beside, by * quotient - by / 2 + beside}) {
            if (sum >= 0 && sum <= 65_535 * by) {
                assertThat(AreaAverage.rounded(sum, by)).isEqualTo((sum + by / 2) / by);
            }
        }
    }

    /** Half of the light is the value 188, and not 128, which is a fifth of it. */
    @Test
    void keepsTheBrightnessOfAPattern() {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_4BYTE_ABGR);
        for (int i = 0; i < 4_096; i++) {
            image.setRGB(i % 64, i / 64, (i + i / 64) % 2 == 0 ? 0xFF00_0000 : 0xFFFF_FFFF);
        }

        assertThat(reduced(image, 8, 8).getRGB(3, 3)).isEqualTo(0xFFBC_BCBC);
    }

    @Test
    void refusesToEnlarge() {
        BufferedImage image = random(4, 4, 2, 1);
        assertThatThrownBy(() -> reduced(image, 5, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a picture of 4 x 4 cannot be reduced to 5 x 4");
    }

    private static BufferedImage reduced(BufferedImage image, int width, int height) {
        AreaAverage average = new AreaAverage(image.getWidth(), image.getHeight(), width, height);
        SrgbPixels.rows(image, average);
        return average.picture();
    }

    /** @param alphas how many different ones there are */
    private static BufferedImage random(int width, int height, int alphas, long seed) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int alpha = random.nextInt(alphas) * 255 / (alphas - 1);
                image.setRGB(x, y, alpha << 24 | random.nextInt(1 << 24));
            }
        }
        return image;
    }

    private static void assertMean(BufferedImage image, BufferedImage small, int x, int y) {
        double across = (double) image.getWidth() / small.getWidth();
        double down = (double) image.getHeight() / small.getHeight();
        double area = 0;
        double weight = 0;
        double[] light = new double[CHANNELS.length];
        for (int j = 0; j < image.getHeight(); j++) {
            for (int i = 0; i < image.getWidth(); i++) {
                double share = overlap(i, x * across, across) * overlap(j, y * down, down);
                int pixel = image.getRGB(i, j);
                area += share;
                weight += share * (pixel >>> 24);
                for (int channel = 0; channel < CHANNELS.length; channel++) {
                    light[channel] += share * (pixel >>> 24) * linear(pixel >>> CHANNELS[channel] & 0xFF);
                }
            }
        }
        int mean = small.getRGB(x, y);
        assertThat((double) (mean >>> 24)).isCloseTo(weight / area, within(0.501));
        if (mean >>> 24 > 0) {
            for (int channel = 0; channel < CHANNELS.length; channel++) {
                double seen = mean >>> CHANNELS[channel] & 0xFF;
                assertThat(seen).isCloseTo(encoded(light[channel] / weight), within(0.6));
            }
        } else {
            assertThat(mean).isZero();
        }
    }

    private static double overlap(int pixel, double start, double length) {
        return Math.max(0, Math.min(pixel + 1, start + length) - Math.max(pixel, start));
    }

    private static double linear(int value) {
        double encoded = value / 255.0;
        return encoded <= 0.04045 ? encoded / 12.92 : Math.pow((encoded + 0.055) / 1.055, 2.4);
    }

    private static double encoded(double linear) {
        return 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055);
    }
}
