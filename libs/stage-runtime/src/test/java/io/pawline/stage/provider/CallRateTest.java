package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallRateTest {

    private static final long SECOND = 1_000_000_000;

    private long now = Long.MAX_VALUE - SECOND;

    @Property(tries = 100)
    void noSecondHasMoreCallsThanTheRate(@ForAll @DoubleRange(min = 0.1, max = 300) double perSecond) {
        CallRate rate = new CallRate(perSecond, () -> now);
        Random random = new Random(1);
        List<Long> begun = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            now += random.nextLong(i % 500 == 0 ? 5 * SECOND : SECOND / 100);
            rate.tryBegin().ifPresent(turn -> {
                if (random.nextInt(4) == 0) {
                    rate.notMade(turn);
                } else {
                    begun.add(turn);
                }
            });
        }

        int most = (int) Math.ceil(perSecond);
        for (int i = most; i < begun.size(); i++) {
            assertThat(begun.get(i) - begun.get(i - most)).isGreaterThanOrEqualTo(SECOND);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2.5, 10, 19, 20, 99, 1_000})
    void aStageThatAlwaysHasWorkReachesTheRate(double perSecond) {
        CallRate rate = new CallRate(perSecond, () -> now);
        int begun = 0;
        int seconds = 200;
        // The stage asks twenty times a second, for as many calls as it may make
        for (int i = 0; i < 20 * seconds; i++) {
            while (rate.tryBegin().isPresent()) {
                begun++;
            }
            now += SECOND / 20;
        }

        assertThat((double) begun).isCloseTo(perSecond * seconds, Percentage.withPercentage(1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {19, 99, 1_000})
    void aSecondsCallsDoNotBeginAtOnce(double perSecond) {
        CallRate rate = new CallRate(perSecond, () -> now);
        int begun = 0;
        while (rate.tryBegin().isPresent()) {
            begun++;
        }

        assertThat(begun).isEqualTo((int) Math.ceil(perSecond / 10));
    }

    @Test
    void aTenthOfASecondsCallsMayBeginInHalfOfItsTime() {
        assertThat(momentsOfBeginning(new CallRate(100, () -> now), SECOND / 100, 12))
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5);
    }

    @Test
    void aMinutesCallsAreSpreadOverMostOfIt() {
        assertThat(momentsOfBeginning(new CallRate(100 / 60.0, 60, () -> now), SECOND / 10, 12))
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 36, 36);
    }

    /** The numbers of the steps in which the first calls begin, if there is always work. */
    private List<Integer> momentsOfBeginning(CallRate rate, long stepNanos, int calls) {
        List<Integer> begun = new ArrayList<>();
        for (int step = 0; begun.size() < calls; step++) {
            while (begun.size() < calls && rate.tryBegin().isPresent()) {
                begun.add(step);
            }
            now += stepNanos;
        }
        return begun;
    }
}
