package io.pawline.mattingmodel.cutout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PictureTest {

    @Property(tries = 300)
    void theSharesOfAPixelAddUpToOne(
            @ForAll @IntRange(min = 1, max = 400) int from, @ForAll @IntRange(min = 1, max = 400) int to) {
        LineScaling shares = LineScaling.of(from, to);
        for (int pixel = 0; pixel < to; pixel++) {
            float sum = 0;
            for (int part = shares.first(pixel); part < shares.first(pixel + 1); part++) {
                assertThat(shares.source(part)).isBetween(0, from - 1);
                sum += shares.share(part);
            }
            assertThat(sum).isCloseTo(1, within(1e-4f));
        }
    }

    @Property(tries = 100)
    void scalingDownKeepsTheAverage(
            @ForAll @IntRange(min = 8, max = 40) int width,
            @ForAll @IntRange(min = 8, max = 40) int height,
            @ForAll long seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        Picture picture = new Picture(width, height, rgb);
        Grid[] small = picture.scaledTo(8, 8);
        for (int channel = 0; channel < 3; channel++) {
            double before = 0;
            for (int pixel = 0; pixel < width * height; pixel++) {
                before += picture.sample(pixel, channel);
            }
            double after = 0;
            for (float sample : small[channel].values()) {
                after += sample;
            }
            assertThat(after / 64).isCloseTo(before / (width * height), within(0.01));
        }
    }

    @Example
    void samplesThatDoNotFitTheSizeAreRefused() {
        assertThatThrownBy(() -> new Picture(2, 2, new byte[11])).hasMessageContaining("2 x 2");
        assertThatThrownBy(() -> new Picture(0, 2, new byte[0])).hasMessageContaining("0 x 2");
    }
}
