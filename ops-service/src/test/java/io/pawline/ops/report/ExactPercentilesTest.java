package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ExactPercentilesTest {

    /** With few numbers that are often the same, with many that are not, and with more than are gathered at once. */
    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void findsWhatSortedNumbersHaveAtTheirRank(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 6_000) int size,
            @ForAll @LongRange(min = 1, max = 100_000) long bound) {
        long[] numbers = new Random(seed).longs(size, -bound / 10 - 1, bound).toArray();
        ExactPercentiles percentiles = new ExactPercentiles();

        Arrays.stream(numbers).forEach(percentiles::add);

        Arrays.sort(numbers);
        for (double share : new double[] {0.001, 0.5, 0.95, 0.99, 1}) {
            assertThat(percentiles.at(share)).isEqualTo(numbers[(int) Math.ceil(share * size) - 1]);
        }
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void whatIsWrittenIsAddedToOthers(
            @ForAll long seed,
            @ForAll @IntRange(max = 3_000) int size,
            @ForAll @LongRange(min = 1, max = 100_000) long bound) {
        long[] numbers = new Random(seed).longs(size, -bound / 10 - 1, bound).toArray();
        ExactPercentiles whole = new ExactPercentiles();
        ExactPercentiles one = new ExactPercentiles();
        ExactPercentiles other = new ExactPercentiles();
        for (int i = 0; i < size; i++) {
            whole.add(numbers[i]);
            (i % 3 == 0 ? one : other).add(numbers[i]);
        }

        one.add(other.bytes());

        assertThat(one.size()).isEqualTo(size);
        assertThat(one.bytes()).isEqualTo(whole.bytes());
        assertThat(one.at(0.5)).isEqualTo(whole.at(0.5));
    }

    @Test
    void writesTheLargestAndTheSmallestNumber() {
        ExactPercentiles percentiles = new ExactPercentiles();
        percentiles.add(Long.MAX_VALUE);
        percentiles.add(Long.MIN_VALUE);
        ExactPercentiles read = new ExactPercentiles();

        read.add(percentiles.bytes());

        assertThat(read.at(0.5)).isEqualTo(Long.MIN_VALUE);
        assertThat(read.at(1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void takesMoreNumbersAfterItWasAsked() {
        ExactPercentiles percentiles = new ExactPercentiles();
        percentiles.add(7);
        assertThat(percentiles.at(0.5)).isEqualTo(7);
        percentiles.add(3);
        assertThat(percentiles.at(0.5)).isEqualTo(3);
        assertThat(percentiles.at(1)).isEqualTo(7);
    }

    @Test
    void ofNothingThereIsNone() {
        assertThat(new ExactPercentiles().at(0.5)).isNull();
    }
}
