package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakerPolicyTest {

    @Test
    void takesTheOutermostValues() {
        assertThat(policy(1, 2, 1, 1).failurePercent()).isEqualTo(1);
        assertThat(policy(100, 2, 1, 1).calls()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0   | 2 | 1 | 1 | breaker-failure-percent must be 1 to 100, was 0
            101 | 2 | 1 | 1 | breaker-failure-percent must be 1 to 100, was 101
            50  | 1 | 1 | 1 | breaker-calls must be > 1, was 1
            50  | 2 | 0 | 1 | breaker-pause must be > 0, was PT0S
            50  | 2 | 2 | 1 | breaker-max-pause must be >= breaker-pause, was PT1S
            """)
    void saysWhichValueIsWrong(int percent, int calls, int pause, int maxPause, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy(percent, calls, pause, maxPause))
                .withMessage(message);
    }

    private static BreakerPolicy policy(int percent, int calls, int pause, int maxPause) {
        return new BreakerPolicy(percent, calls, Duration.ofSeconds(pause), Duration.ofSeconds(maxPause));
    }
}
