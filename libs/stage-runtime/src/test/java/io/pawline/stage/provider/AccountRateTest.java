package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pawline.stage.CallWork;
import io.pawline.stage.provider.FleetReport.Call;
import io.pawline.stage.provider.FleetReport.Result;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AccountRateTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now = 1_000 * SECOND;
    private GrantKey key = new GrantKey(1, 1);
    private AccountRate rate = begun(new FleetPolicy(true, 0, 0, 0));

    private AccountRate begun(FleetPolicy policy) {
        AccountRate begun = new AccountRate(policy);
        begun.takeOver(0, now);
        return begun;
    }

    @Test
    void thereIsNoRateUntilTheProviderNamesTheMinute() {
        calls(600, 10, 0);

        assertThat(rate.at(now, 0)).isZero();
        assertThat(rate.learned()).isZero();
    }

    @Test
    void refusalsThatNameTheMinuteLowerTheRateToWhatWasTaken() {
        calls(600, 10, 0);
        calls(60, 10, 3);

        double learned = rate.learned();
        now += 5 * SECOND;
        assertThat(learned).isBetween(9.0, 9.9);
        assertThat(rate.at(now, 0)).isEqualTo(learned);
    }

    @Test
    void aConfiguredRateIsNeverExceeded() {
        rate = begun(new FleetPolicy(true, 0, 5, 0));
        calls(600, 10, 3);

        assertThat(rate.at(now, 0)).isLessThanOrEqualTo(5);
    }

    @Test
    void strayRefusalsLowerNothing() {
        calls(6_000, 10, 50);

        assertThat(rate.learned()).isZero();
    }

    @Test
    void manyRefusalsLowerTheRateOnceAMinute() {
        calls(600, 10, 0);
        refused(20);
        double lowered = rate.learned();
        refused(20);

        assertThat(lowered).isPositive();
        assertThat(rate.learned()).isEqualTo(lowered);
    }

    @Test
    void whileCallsAreRefusedInARowFewAreMadeForSomeSeconds() {
        calls(600, 10, 0);
        refused(20);

        assertThat(rate.at(now, 0)).isCloseTo(rate.learned() / 10, within(1e-9));
        now += 5 * SECOND;
        assertThat(rate.at(now, 0)).isCloseTo(rate.learned(), within(1e-9));
    }

    @Test
    void callsUnderAnEarlierRateLowerNothing() {
        calls(600, 10, 0);
        GrantKey before = key;
        refused(20);
        double lowered = rate.learned();
        now += 61 * SECOND;
        calls(100, 10, 0);
        for (int i = 0; i < 100; i++) {
            rate.learn(call(Result.OVER_RATE, before, 0), key, 0, now);
        }

        assertThat(rate.learned()).isCloseTo(lowered, within(0.01 * lowered));
    }

    @Test
    void creepsUpAgainSlowlyAtFirst() {
        calls(600, 10, 0);
        refused(20);
        double lowered = rate.learned();

        calls(600, 10, 0);
        double soon = rate.learned();
        calls(6_000, 10, 0);

        assertThat(soon).isBetween(lowered, 1.03 * lowered);
        assertThat(rate.learned()).isGreaterThan(1.1 * lowered);
    }

    @Test
    void doesNotCreepUpUnused() {
        calls(600, 10, 0);
        refused(20);
        double lowered = rate.learned();

        calls(300, 1, 0);

        assertThat(rate.learned()).isEqualTo(lowered);
    }

    @Test
    void aSuccessorGoesOnFromTheRate() {
        rate.takeOver(7, now);

        assertThat(rate.at(now, 0)).isEqualTo(7);
    }

    @Test
    void tokensOfAMinuteAreSharedByTheMeanOfTheLatestCalls() {
        rate = begun(new FleetPolicy(true, 0, 0, 60_000));
        assertThat(rate.at(now, 10)).as("nothing is known of tokens yet").isZero();
        for (int i = 0; i < 10; i++) {
            rate.count(call(Result.SUCCEEDED, key, 500), now);
        }

        assertThat(rate.at(now, 0)).isCloseTo(0.985 * 60_000 / 60 / 500, within(1e-9));
    }

    @Test
    void usedAndReservedTokensLeaveNoMoreThanTheMinuteHas() {
        rate = begun(new FleetPolicy(true, 0, 0, 60_000));
        for (int i = 0; i < 60; i++) {
            rate.count(call(Result.SUCCEEDED, key, 500), now);
        }
        assertThat(rate.at(now, 0)).isGreaterThan(1);

        assertThat(rate.at(now, 60)).as("60 calls in flight use the other half").isLessThan(0.1);
        now += 61 * SECOND;
        assertThat(rate.at(now, 60)).isGreaterThan(1);
    }

    /** @param oneRefusedOf each such call is refused; 0: none */
    private void calls(int count, double perSecond, int oneRefusedOf) {
        for (int i = 1; i <= count; i++) {
            now += (long) (SECOND / perSecond);
            if (oneRefusedOf > 0 && i % oneRefusedOf == 0) {
                refused(1);
            } else {
                Call call = call(Result.SUCCEEDED, key, 0);
                rate.count(call, now);
                rate.learn(call, key, 0, now);
            }
            key = new GrantKey(1, key.number() + 1);
            var _ = rate.at(now, 0);
        }
    }

    private void refused(int count) {
        for (int i = 0; i < count; i++) {
            Call call = call(Result.OVER_RATE, key, 0);
            key = new GrantKey(1, key.number() + 1);
            rate.count(call, now);
            rate.learn(call, key, 0, now);
        }
    }

    private static Call call(Result result, GrantKey startedUnder, long tokens) {
        return new Call(SECOND, 0, 1, result, startedUnder, new CallWork("", tokens));
    }
}
