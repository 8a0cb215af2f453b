package io.pawline.ops.canary;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.canary.SequentialComparison.Tally;
import io.pawline.ops.canary.SequentialComparison.Verdict;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plays comparisons with seeds: each has the same course each time. */
class SequentialComparisonTest {

    private static final int RUNS = 1_000;
    private static final int MOST_TASKS = 1_500;

    /** What came of many comparisons. */
    private record Played(int worse, int worseSoon, int asGood, int undecided) {}

    @ParameterizedTest
    @CsvSource({"0.02, 97.5", "0.05, 97.5", "0.1, 96.5", "0.2, 93"})
    void aCanaryWithTenPercentBadResultsIsStoppedWithin150OfItsTasks(double share, double leastPercent) {
        Played played = play(share, 0.10, 0.01, 150);

        assertThat(played.worseSoon()).as("%s", played).isGreaterThanOrEqualTo((int) (RUNS * leastPercent / 100));
    }

    @Test
    void aCanaryWithTenPercentBadResultsIsNotFoundGood() {
        Played played = play(0.05, 0.10, 0.01, MOST_TASKS);

        assertThat(played.worse()).as("%s", played).isGreaterThanOrEqualTo(RUNS * 995 / 1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "0.05, 0.002",
        "0.05, 0.01",
        "0.05, 0.05",
        "0.05, 0.2",
        "0.05, 0.6",
        "0.2, 0.01",
        "0.2, 0.05",
        "0.01, 0.01"
    })
    void atMostOneOfAHundredGoodCanariesIsCalledWorse(double share, double bad) {
        Played played = play(share, bad, bad, MOST_TASKS);

        assertThat(played.worse()).as("%s", played).isLessThanOrEqualTo(RUNS / 100);
    }

    @Test
    void aCanaryThatIsBetterIsCalledWorseHardlyEver() {
        assertThat(play(0.05, 0.01, 0.05, MOST_TASKS).worse()).isLessThanOrEqualTo(RUNS / 100);
    }

    @ParameterizedTest
    @CsvSource({"0", "0.01", "0.05"})
    void aGoodCanaryIsFoundGood(double bad) {
        Played played = play(0.05, bad, bad, MOST_TASKS);

        assertThat(played.asGood()).as("%s", played).isGreaterThan(RUNS * 98 / 100);
    }

    /** The mechanism is the evidence: a count of bad results alone would not do. */
    @Test
    void aLookAfterEachResultDoesNotAddFalseAlarmsAsAFixedTestDoes() {
        int alarms = 0;
        Random random = new Random(7);
        for (int run = 0; run < RUNS; run++) {
            int bad = 0;
            for (int task = 1; task <= 1_000; task++) {
                bad += random.nextDouble() < 0.05 ? 1 : 0;
                double expected = 0.05 * task;
                // One-sided, 1 %, as if this look were the only one
                if (task >= 20 && bad > expected + 2.326 * Math.sqrt(expected * 0.95)) {
                    alarms++;
                    break;
                }
            }
        }

        assertThat(alarms).isGreaterThan(RUNS / 20);
    }

    @Property(tries = 500)
    void theExpectedValueOfABlockIsOneAtMostIfTheCanaryIsNotWorse(
            @ForAll @IntRange(min = 3, max = 12) int others,
            @ForAll @DoubleRange(min = 0.01, max = 0.99) double ofOthers,
            @ForAll @DoubleRange(min = 0.1, max = 1) double part) {
        double ofCanary = ofOthers * part;
        double expected = 0;
        for (int bad = 0; bad <= others; bad++) {
            for (boolean canaryBad : new boolean[] {true, false}) {
                SequentialComparison test = SequentialComparison.NEW;
                // The result of the canary comes last and closes the block
                for (int i = 0; i < others; i++) {
                    test = test.withOther(i < bad);
                }
                test = test.withCanary(canaryBad);
                expected += choose(others, bad)
                        * Math.pow(ofOthers, bad)
                        * Math.pow(1 - ofOthers, others - bad)
                        * (canaryBad ? ofCanary : 1 - ofCanary)
                        * Math.exp(test.evidence());
            }
        }

        assertThat(expected).isLessThanOrEqualTo(1 + 1e-9);
    }

    @Test
    void aResultOfTheCanaryWaitsForTheOthers() {
        SequentialComparison test = SequentialComparison.NEW.withCanary(true).withCanary(true);
        assertThat(test.evidence()).isZero();
        assertThat(test.waitingCanary()).isEqualTo(new Tally(2, 2));

        for (int other = 1; other < 6; other++) {
            test = test.withOther(false);
            assertThat(test.evidence()).isZero();
        }
        test = test.withOther(false);
        assertThat(test.evidence()).isPositive();
        assertThat(test.canary()).isEqualTo(new Tally(2, 2));
        assertThat(test.others()).isEqualTo(new Tally(6, 0));
        assertThat(test.waitingCanary()).isEqualTo(Tally.NONE);
    }

    private static double choose(int of, int some) {
        double ways = 1;
        for (int i = 1; i <= some; i++) {
            ways = ways * (of - some + i) / i;
        }
        return ways;
    }

    /** @param most tasks of the canary */
    private static Played play(double share, double ofCanary, double ofOthers, int most) {
        int worse = 0;
        int worseSoon = 0;
        int asGood = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(1_000_003L * run + 17);
            SequentialComparison test = SequentialComparison.NEW;
            int tasks = 0;
            while (tasks < most && test.verdict().isEmpty()) {
                if (random.nextDouble() < share) {
                    tasks++;
                    test = test.withCanary(random.nextDouble() < ofCanary);
                } else {
                    test = test.withOther(random.nextDouble() < ofOthers);
                }
            }
            Verdict verdict = test.verdict().orElse(null);
            worse += verdict == Verdict.WORSE ? 1 : 0;
            worseSoon += verdict == Verdict.WORSE && tasks <= 150 ? 1 : 0;
            asGood += verdict == Verdict.AS_GOOD ? 1 : 0;
        }
        return new Played(worse, worseSoon, asGood, RUNS - worse - asGood);
    }
}
