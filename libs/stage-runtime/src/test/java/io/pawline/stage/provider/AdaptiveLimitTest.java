package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pawline.stage.provider.EndedCall.Result;
import io.pawline.stage.provider.TestingProvider.Client;
import io.pawline.stage.provider.TestingProvider.Counts;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveLimitTest {

    private static final int WORLDS = 8;

    private final TestingProvider provider = new TestingProvider(1);
    private final AdaptiveLimit limit = new AdaptiveLimit(new LimitBounds(1, 4, 2_000));

    /** The most calls that are in it are a mean of the worlds: with few places, a single call is much. */
    @ParameterizedTest
    @CsvSource({"5, 2", "20, 1.6", "100, 1.3", "500, 1.2"})
    void findsTheCapacityByItselfAndStaysThere(int capacity, double mostFilled) {
        double most = 0;
        double use = 0;
        for (int seed = 1; seed <= WORLDS; seed++) {
            TestingProvider world = new TestingProvider(seed);
            world.capacity = capacity;
            world.timeout = 10;
            AdaptiveLimit found = new AdaptiveLimit(new LimitBounds(1, 4, 2_000));
            world.client(found::limit, found::ended);
            Counts search = world.run(60).counts();
            Counts then = world.run(300).counts();
            assertThat(search.timedOut + then.timedOut).isZero();
            assertThat(found.limit()).isBetween(capacity / 2, capacity * 2);
            most += (double) then.mostFilled / capacity / WORLDS;
            use += then.use / WORLDS;
        }

        assertThat(use).isGreaterThan(0.9);
        assertThat(most).isLessThan(mostFilled);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 10", "1, 10", "2, 10", "1, 20", "2, 20"})
    void followsAProviderThatHasHalfItsCapacityForAMinute(double seconds, double timeout) {
        provider.capacity = 100;
        provider.timeout = timeout;
        provider.service = TestingProvider.logNormal(seconds, 0.3);
        start();
        provider.run(180).counts();

        provider.capacity = 50;
        provider.run(10);
        int soon = limit.limit();
        Counts dip = provider.run(50).counts();
        provider.capacity = 100;
        provider.run(30).counts();
        Counts after = provider.run(60).counts();

        assertThat(soon).isLessThan(90);
        assertThat(dip.use).isGreaterThan(0.9);
        assertThat(dip.shareTimedOut()).isLessThan(0.01);
        assertThat(after.use).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 40", "1, 20", "1, 100", "2, 100"})
    void followsAProviderThatRefusesWhatItCannotDo(double seconds, int capacity) {
        provider.service = TestingProvider.logNormal(seconds, 0.3);
        hardCapacity(capacity);
        start();
        provider.run(60).counts();

        Counts steady = provider.run(240).counts();
        hardCapacity(capacity / 2);
        Counts dip = provider.run(60).counts();
        hardCapacity(capacity);
        provider.run(60).counts();
        Counts after = provider.run(60).counts();

        assertThat(steady.use).isGreaterThan(0.9);
        assertThat(steady.shareRefused()).isLessThan(0.01);
        assertThat(dip.use).isGreaterThan(0.9);
        assertThat(dip.shareRefused()).isLessThan(0.1);
        assertThat(after.use).isGreaterThan(0.88);
    }

    /**
     * The time of a look changes with the latency, in steps. At a step, a look must not be due each time the latency
     * crosses it.
     */
    @Test
    void doesNotLookMoreOftenWhereThePeriodBetweenLooksChanges() {
        double use = IntStream.rangeClosed(1, 4)
                .mapToDouble(seed -> {
                    TestingProvider provider = new TestingProvider(seed);
                    provider.capacity = 10;
                    provider.service = TestingProvider.logNormal(Math.scalb(1.0, 36) / 48e9, 0.3);
                    AdaptiveLimit limit = new AdaptiveLimit(new LimitBounds(1, 4, 64));
                    provider.client(limit::limit, limit::ended);
                    provider.run(120).counts();
                    return provider.run(1_200).counts().use;
                })
                .average()
                .orElseThrow();

        assertThat(use).isGreaterThan(0.93);
    }

    @Test
    void isNotLoweredByFailuresThatAreNoOverload() {
        provider.capacity = 100;
        provider.shareOfFailures = 0.34;
        start();

        assertThat(provider.run(60).counts().timedOut).isZero();
        assertThat(provider.run(240).counts().use).isGreaterThan(0.9);
    }

    @Test
    void isHardlyLoweredByADropNowAndThen() {
        provider.capacity = 100;
        provider.timeout = 10;
        provider.shareOfHangs = 0.02;
        provider.shareOfStrayRefusals = 0.02;
        start();
        provider.run(60).counts();

        assertThat(provider.run(600).counts().use).isGreaterThan(0.85);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 60, 500})
    void isNotLoweredByTimeOutsThatComeAtAnyLimit(int capacity) {
        provider.capacity = capacity;
        provider.timeout = 10;
        start();
        provider.run(100);
        // One call in twelve hangs, and as many are slow by themselves
        provider.service = TestingProvider.logNormal(5, 0.5);
        provider.shareOfHangs = 0.08;
        provider.run(100).counts();

        Counts then = provider.run(1_800).counts();

        assertThat(then.shareTimedOut()).isGreaterThan(0.1);
        assertThat(then.filled).isBetween(0.85, 1.3);
    }

    @Test
    void goesToTheMinimumWhileAllCallsTimeOutAndRecovers() {
        provider.capacity = 50;
        provider.timeout = 10;
        start();
        provider.run(100);

        provider.shareOfHangs = 1;
        provider.run(300);
        int worst = limit.limit();
        provider.shareOfHangs = 0;
        provider.run(100).counts();

        assertThat(worst).isEqualTo(1);
        assertThat(provider.run(100).counts().use).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 200})
    void growsBoldlyAfterAnOutage(int capacity) {
        double use = 0;
        for (int seed = 1; seed <= WORLDS; seed++) {
            TestingProvider world = new TestingProvider(seed);
            world.capacity = capacity;
            world.timeout = 10;
            AdaptiveLimit found = new AdaptiveLimit(new LimitBounds(1, 4, 2_000));
            world.client(found::limit, found::ended);
            world.run(300);
            world.shareOfHangs = 1;
            world.run(100);
            world.shareOfHangs = 0;
            world.run(10).counts();
            use += world.run(60).counts().use / WORLDS;
        }

        assertThat(use).isGreaterThan(0.45);
    }

    @Test
    void doesNotCollapseWhenTheProviderIsSlowByItself() {
        AdaptiveLimit bounded = new AdaptiveLimit(new LimitBounds(1, 4, 60));
        provider.client(bounded::limit, bounded::ended);
        provider.run(100);
        int before = bounded.limit();

        provider.service = TestingProvider.logNormal(3, 0.3);
        provider.run(60).counts();
        Counts slow = provider.run(300).counts();

        assertThat(before).isEqualTo(60);
        assertThat(slow.succeededPerSecond()).isGreaterThan(0.9 * 60 / 3 / Math.exp(0.3 * 0.3 / 2));
    }

    @Test
    void growsAgainWithAProviderThatHasBecomeSlowerForGood() {
        provider.capacity = 30;
        start();
        provider.run(100);
        provider.service = TestingProvider.logNormal(3, 0.3);
        provider.run(60);

        provider.capacity = 120;
        provider.run(300).counts();

        assertThat(provider.run(300).counts().use).isGreaterThan(0.9);
    }

    @Test
    void isNotLoweredByAFewVerySlowCalls() {
        AdaptiveLimit bounded = new AdaptiveLimit(new LimitBounds(1, 4, 60));
        provider.service = random -> random.nextDouble() < 0.05 ? 60 : Math.exp(0.3 * random.nextGaussian());
        provider.client(bounded::limit, bounded::ended);
        provider.run(300);

        assertThat(provider.counts().succeeded).isPositive();
        assertThat(provider.run(900).counts().succeededPerSecond()).isGreaterThan(0.9 * 60 / (0.05 * 60 + 0.95 * 1.05));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 50, 500})
    void fillsAProviderWhosePlacesFewSlowCallsHold(int capacity) {
        provider.capacity = capacity;
        provider.service = random -> random.nextDouble() < 0.05 ? 60 : Math.exp(0.3 * random.nextGaussian());
        start();
        provider.run(600).counts();

        Counts then = provider.run(3_600).counts();

        assertThat(then.use).isGreaterThan(0.95);
        assertThat(limit.limit()).isLessThan(3 * capacity);
    }

    @Test
    void aMixOfSlowAndQuickCallsThatChangesIsNoQueue() {
        provider.capacity = 40;
        provider.photosTake = 8;
        provider.shareOfPhotos = 0.1;
        start();
        provider.run(300).counts();
        for (double photos : new double[] {0.9, 0.1, 0.5, 0.9, 0.1}) {
            provider.shareOfPhotos = photos;
            provider.run(180);
        }

        Counts all = provider.counts();
        assertThat(all.use).isGreaterThan(0.94);
        assertThat(all.filled).isLessThan(1.3);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 150})
    void sharesAProviderWithOtherProcesses(int capacity) {
        double unevenness = 0;
        for (int seed = 1; seed <= WORLDS; seed++) {
            TestingProvider world = new TestingProvider(seed);
            world.capacity = capacity;
            world.timeout = 10;
            List<AdaptiveLimit> limits = IntStream.range(0, 3)
                    .mapToObj(_ -> new AdaptiveLimit(new LimitBounds(1, 4, 2_000)))
                    .toList();
            List<Client> clients = limits.stream()
                    .map(one -> {
                        world.run(10);
                        return world.client(one::limit, one::ended);
                    })
                    .toList();
            world.run(300).counts();

            world.run(900);

            int most = clients.stream().mapToInt(Client::succeeded).max().orElseThrow();
            int fewest = clients.stream().mapToInt(Client::succeeded).min().orElseThrow();
            unevenness += (double) most / fewest / WORLDS;
            assertThat(most).isLessThan(4 * fewest);
            assertThat(limits.stream().mapToInt(AdaptiveLimit::limit).sum()).isLessThan(capacity * 5 / 2);
            Counts all = world.counts();
            assertThat(all.use).isGreaterThan(0.9);
            assertThat(all.timedOut).isZero();
        }

        assertThat(unevenness).isLessThan(2);
    }

    @Test
    void staysWhereItIsWithFewCalls() {
        provider.capacity = 10;
        provider.occasionalClient(limit, 10);

        provider.run(3_600);

        assertThat(limit.limit()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60})
    void keepsTimeOutsAwayInTheIncident(int timesFaster) {
        double minute = 60.0 / timesFaster;
        provider.capacity = 50;
        provider.hardLimit = 200;
        provider.timeout = minute;
        provider.service = TestingProvider.logNormal(8.0 / timesFaster, 0.4);
        start();

        Counts before = provider.run(10 * minute).counts();
        provider.capacity = 15;
        Counts dip = provider.run(10 * minute).counts();
        provider.capacity = 50;
        Counts back = provider.run(5 * minute).counts();
        Counts after = provider.run(15 * minute).counts();

        assertThat(before.timedOut + dip.timedOut + back.timedOut + after.timedOut)
                .isZero();
        assertThat(dip.use).isGreaterThan(0.9);
        assertThat(after.use).isGreaterThan(0.9);
    }

    @Test
    void neverExceedsAMaximumThatMayChange() {
        start();
        limit.max(40);
        provider.run(60);
        assertThat(limit.limit()).isEqualTo(40);

        limit.max(7);
        assertThat(limit.limit()).isEqualTo(7);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> limit.max(0))
                .withMessage("max must be >= min (1), was 0");
    }

    @Test
    void doesNotShrinkTwiceForCallsSentBeforeItShrank() {
        for (int i = 0; i < 4; i++) {
            limit.ended(new EndedCall(1_000, 2_000 + i, 4, Result.REFUSED));
        }
        int shrunk = limit.limit();

        for (int i = 0; i < 100; i++) {
            limit.ended(new EndedCall(1_001, 3_000 + i, 4, Result.REFUSED));
        }

        assertThat(shrunk).isEqualTo(3);
        assertThat(limit.limit()).isEqualTo(3);
    }

    @Test
    void beginsLowAfterAPauseAndIsSoonWhereItWas() {
        provider.capacity = 100;
        boolean[] paused = {false};
        provider.client(() -> paused[0] ? 0 : limit.limit(), limit::ended);
        provider.run(200);
        int before = limit.limit();
        paused[0] = true;
        provider.run(100);

        limit.startAgain(0, (long) (provider.now() * 1e9));
        int low = limit.limit();
        start();
        provider.run(20);

        assertThat(low).isEqualTo(4);
        assertThat(limit.limit()).isBetween(before * 2 / 3, before * 5 / 4);
    }

    @Test
    void saysWhichBoundIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LimitBounds(0, 1, 1))
                .withMessage("min must be > 0, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LimitBounds(2, 1, 5))
                .withMessage("initial must be >= min (2), was 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LimitBounds(1, 4, 3))
                .withMessage("max must be >= initial (4), was 3");
    }

    private void start() {
        provider.client(limit::limit, limit::ended);
    }

    private void hardCapacity(int capacity) {
        provider.capacity = capacity;
        provider.hardLimit = capacity;
    }
}
