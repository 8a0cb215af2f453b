package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final RetryPolicy POLICY = new RetryPolicy(4, Duration.ofSeconds(1), Duration.ofSeconds(5));

    @Test
    void spreadsTheDelaysOverTheWholeOfABoundThatDoubles() {
        Random random = new Random(1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            int failed = attempt;
            var delays = IntStream.range(0, 1_000)
                    .mapToLong(_ -> POLICY.delayAfter(failed, random).toMillis())
                    .summaryStatistics();
            long bound = 1_000L << (attempt - 1);
            assertThat(delays.getMax()).isLessThanOrEqualTo(bound).isGreaterThan(bound * 9 / 10);
            assertThat(delays.getMin()).isLessThan(bound / 10);
        }
    }

    @Test
    void neverExceedsTheLongestDelayHoweverManyAttempts() {
        Random random = new Random(1);
        assertThat(IntStream.of(4, 31, 64, 1_000_000))
                .allSatisfy(attempt ->
                        assertThat(POLICY.delayAfter(attempt, random)).isBetween(Duration.ZERO, Duration.ofSeconds(5)));
    }

    @Test
    void countsTheFirstTryAsAnAttempt() {
        assertThat(POLICY.allowsAttemptAfter(3)).isTrue();
        assertThat(POLICY.allowsAttemptAfter(4)).isFalse();
    }

    @Test
    void saysWhichSettingIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .withMessage("max-attempts must be > 0, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(1, Duration.ZERO, Duration.ofSeconds(1)))
                .withMessageContaining("first-delay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryPolicy(1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessageContaining("max-delay");
    }
}
