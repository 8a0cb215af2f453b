package io.pawline.stage.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pawline.schemas.Reason.Scope;
import io.pawline.stage.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RetryBackoffTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30Z");

    private static final RetryPolicy POLICY =
            new RetryPolicy(4, Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofSeconds(5));
    private static final RetryBackoff BACKOFF = new RetryBackoff(POLICY);

    /** Draws the largest number that may be drawn. */
    private static final RandomGenerator LARGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void spreadsTheDelaysOverTheWholeOfABoundThatDoubles() {
        Random random = new Random(1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            int failed = attempt;
            var delays = IntStream.range(0, 1_000)
                    .mapToLong(_ -> BACKOFF.delayAfter(attempt(failed), random).toMillis())
                    .summaryStatistics();
            long bound = 1_000L << (attempt - 1);
            assertThat(delays.getMax()).isLessThanOrEqualTo(bound).isGreaterThan(bound * 9 / 10);
            assertThat(delays.getMin()).isLessThan(bound / 10);
        }
    }

    @Property
    void aLongWaitAskedForLeavesTheTaskAnAttemptBeforeItsDeadline(
            @ForAll @LongRange(min = 10_000, max = 7_200_000) long leftMillis, @ForAll Random random) {
        Instant deadline = NOW.plusMillis(leftMillis);

        Instant next = BACKOFF.nextAfter(attempt(1), NOW, deadline.plusSeconds(1), deadline, random);

        assertThat(next).isBetween(NOW.plusMillis(leftMillis / 2), NOW.plusMillis(leftMillis * 3 / 4));
    }

    @Test
    void neverExceedsTheLongestDelayHoweverManyAttempts() {
        Random random = new Random(1);
        assertThat(IntStream.of(4, 31, 64, 1_000_000))
                .allSatisfy(attempt -> assertThat(BACKOFF.delayAfter(attempt(attempt), random))
                        .isBetween(Duration.ZERO, Duration.ofSeconds(5)));
    }

    @Property
    void neverComesBackBeforeItIsAskedToNorMuchLater(
            @ForAll @IntRange(min = 1, max = 40) int attempt,
            @ForAll @LongRange(min = -10_000, max = 7_200_000) long askedMillis,
            @ForAll Random random) {
        Instant asked = NOW.plusMillis(askedMillis);

        Instant next = BACKOFF.nextAfter(attempt(attempt), NOW, asked, Instant.MAX, random);

        Duration spread = Duration.ofMillis(Math.max(1_000, askedMillis / 10));
        Instant latest = asked.plus(spread).isAfter(NOW.plusSeconds(5)) ? asked.plus(spread) : NOW.plusSeconds(5);
        assertThat(next).isBetween(asked, latest).isAfterOrEqualTo(NOW);
    }

    @Property
    void spreadsTasksThatAreAskedToComeBackAtTheSameMoment(
            @ForAll @LongRange(min = 5_000, max = 7_200_000) long askedMillis, @ForAll long seed) {
        Random random = new Random(seed);
        Instant asked = NOW.plusMillis(askedMillis);

        var later = IntStream.range(0, 1_000)
                .mapToLong(_ -> Duration.between(asked, BACKOFF.nextAfter(attempt(3), NOW, asked, Instant.MAX, random))
                        .toMillis())
                .summaryStatistics();

        long spread = Math.max(1_000, askedMillis / 10);
        assertThat(later.getMin()).isLessThan(spread / 10);
        assertThat(later.getMax()).isGreaterThan(spread * 9 / 10);
    }

    @Test
    void givesUpAfterSoManyFailuresOfOneScope() {
        assertThat(BACKOFF.allowsAnother(Scope.PROVIDER, failed(Scope.PROVIDER, 3), Duration.ZERO))
                .isTrue();
        assertThat(BACKOFF.allowsAnother(Scope.PROVIDER, failed(Scope.PROVIDER, 4), Duration.ZERO))
                .isFalse();
    }

    @Test
    void asksLessOftenForABetterAnswer() {
        assertThat(BACKOFF.allowsAnother(Scope.ANSWER, failed(Scope.ANSWER, 2), Duration.ZERO))
                .isTrue();
        assertThat(BACKOFF.allowsAnother(Scope.ANSWER, failed(Scope.ANSWER, 3), Duration.ZERO))
                .isFalse();
    }

    @Test
    void givesUpAfterTheLongestTimeWhateverFailed() {
        assertThat(Scope.values()).allSatisfy(scope -> {
            assertThat(BACKOFF.allowsAnother(scope, failed(scope, 1), Duration.ofMinutes(59)))
                    .isTrue();
            assertThat(BACKOFF.allowsAnother(scope, failed(scope, 1), Duration.ofHours(1)))
                    .isFalse();
        });
    }

    @Test
    void doesNotCountWhatIsNoFaultOfTheTask() {
        assertThat(Scope.values())
                .filteredOn(scope -> !RetryBackoff.counts(scope))
                .containsExactly(Scope.OVERLOAD, Scope.ACCOUNT, Scope.PAWLINE);
    }

    @Test
    void keepsToAScheduleAboutAndWhateverTheScopes() {
        RetryBackoff scheduled = new RetryBackoff(POLICY.on(List.of(Duration.ofSeconds(5), Duration.ofHours(6))));
        AttemptHeaders once = failed(Scope.OVERLOAD, 1);
        AttemptHeaders twice = once.failed(Scope.TIMEOUT);

        Random random = new Random(1);
        assertThat(IntStream.range(0, 1_000)).allSatisfy(_ -> {
            assertThat(scheduled.delayAfter(once, random))
                    .isBetween(Duration.ofMillis(2_500), Duration.ofMillis(7_500));
            assertThat(scheduled.delayAfter(twice, random)).isBetween(Duration.ofHours(3), Duration.ofHours(9));
        });
        assertThat(scheduled.allowsAnother(Scope.TIMEOUT, twice, Duration.ofMinutes(59)))
                .isTrue();
        assertThat(scheduled.allowsAnother(Scope.TIMEOUT, twice, Duration.ofHours(1)))
                .isFalse();
        assertThat(scheduled.allowsAnother(Scope.PROVIDER, twice.failed(Scope.PROVIDER), Duration.ZERO))
                .isFalse();
    }

    @Test
    void anOutageOfPawlinesOwnUsesUpNoneOfTheSchedule() {
        RetryBackoff scheduled = new RetryBackoff(POLICY.on(List.of(Duration.ofHours(6))));

        assertThat(Scope.values())
                .filteredOn(scope -> !scheduled.countsHere(scope))
                .containsExactly(Scope.PAWLINE);
        assertThat(scheduled.delayAfter(attempt(9), new Random(1))).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void theLongestDelaysAreTheBoundsThemselves() {
        RetryBackoff scheduled = new RetryBackoff(POLICY.on(List.of(Duration.ofSeconds(5))));
        Instant asked = NOW.plusSeconds(100);

        assertThat(BACKOFF.delayAfter(attempt(1), LARGEST)).isEqualTo(Duration.ofSeconds(1));
        assertThat(BACKOFF.delayAfter(attempt(2), LARGEST)).isEqualTo(Duration.ofSeconds(2));
        assertThat(scheduled.delayAfter(failed(Scope.TIMEOUT, 1), LARGEST)).isEqualTo(Duration.ofMillis(7_500));
        assertThat(BACKOFF.nextAfter(attempt(1), NOW, asked, Instant.MAX, LARGEST))
                .isEqualTo(asked.plusSeconds(10));
        assertThat(BACKOFF.nextAfter(attempt(1), NOW, asked, NOW.plusSeconds(40), LARGEST))
                .isEqualTo(NOW.plusSeconds(30));
    }

    @Test
    void delaysMayAllBeOfOneLength() {
        RetryBackoff even =
                new RetryBackoff(new RetryPolicy(1, Duration.ofHours(1), Duration.ofSeconds(2), Duration.ofSeconds(2)));

        assertThat(even.delayAfter(attempt(3), LARGEST)).isEqualTo(Duration.ofSeconds(2));
    }

    private static AttemptHeaders attempt(int number) {
        return new AttemptHeaders(number, Instant.EPOCH, Optional.empty(), Map.of());
    }

    private static AttemptHeaders failed(Scope scope, int times) {
        return new AttemptHeaders(times, Instant.EPOCH, Optional.empty(), Map.of(scope, times));
    }

    @Test
    void saysWhichSettingIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(0, Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .withMessage("max-attempts must be > 0, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(1, Duration.ofHours(1), Duration.ZERO, Duration.ofSeconds(1)))
                .withMessageContaining("first-delay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(1, Duration.ofHours(1), Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessageContaining("max-delay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> POLICY.on(List.of(Duration.ZERO)))
                .withMessageContaining("schedule");
    }
}
