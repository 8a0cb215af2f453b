package io.pawline.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

    private static final Instant NOW = Instant.parse("2025-08-16T06:00:00Z");

    private final Timeouts timeouts = new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(30));

    @Test
    void endsByTheDeadlineIfThatIsNearer() {
        assertThat(timeouts.endingBy(NOW.plusSeconds(20), NOW).call()).isEqualTo(Duration.ofSeconds(20));
        assertThat(timeouts.endingBy(NOW.plusSeconds(40), NOW)).isEqualTo(timeouts);
        assertThat(timeouts.endingBy(Instant.MAX, NOW)).isEqualTo(timeouts);
    }

    @Test
    void leavesOneSecondIfTheDeadlineIsNow() {
        assertThat(timeouts.endingBy(NOW.plusMillis(10), NOW).call()).isEqualTo(Duration.ofSeconds(1));
        assertThat(timeouts.endingBy(NOW.minusSeconds(5), NOW).call()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void refusesTimesThatAreNotPositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timeouts(Duration.ZERO, Duration.ofSeconds(1)))
                .withMessage("connect time-out must be > 0, was PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
                .withMessage("call time-out must be > 0, was PT-1S");
    }
}
