package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class RepeatCountTest {

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void countsWhatWasThereBeforeAlsoInParts(
            @ForAll long seed,
            @ForAll @IntRange(max = 5_000) int size,
            @ForAll @IntRange(min = 1, max = 10_000) int bound) {
        long[] numbers = new Random(seed)
                .ints(size, 0, bound)
                .mapToLong(number -> number == 0 ? 0 : hash(number))
                .toArray();
        RepeatCount whole = new RepeatCount();
        RepeatCount one = new RepeatCount();
        RepeatCount other = new RepeatCount();
        for (int i = 0; i < size; i++) {
            whole.add(numbers[i]);
            (i % 2 == 0 ? one : other).add(numbers[i]);
        }

        one.add(other.bytes());

        long repeats = size - Arrays.stream(numbers).distinct().count();
        assertThat(whole.count()).isEqualTo(repeats);
        assertThat(one.count()).isEqualTo(repeats);
    }

    /** One in three says the same as all of those. */
    @Test
    void estimatesMoreThanItKeeps() {
        RepeatCount count = new RepeatCount();
        int different = 3 * RepeatCount.MOST;
        for (int i = 0; i < different; i++) {
            count.add(hash(i));
            if (i % 2 == 0) {
                count.add(hash(-1));
            }
        }

        assertThat(count.count()).isCloseTo(different / 2 - 1, Percentage.withPercentage(1));
        RepeatCount read = new RepeatCount();
        read.add(count.bytes());
        assertThat(read.count()).isEqualTo(count.count());
    }

    /** The last step of SplitMix64: as even as the hashes of the database. */
    private static long hash(long number) {
        long mixed = number * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
