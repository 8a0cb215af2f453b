package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.provider.TestingClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private final TestingClock machine = new TestingClock();
    private final Instant start = machine.instant();
    private long nanos = Long.MAX_VALUE - 5;
    private final SteadyClock clock = new SteadyClock(machine, () -> nanos);

    @Test
    void goesOnAsTimePasses() {
        pass(Duration.ofHours(5));

        assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofHours(5)));
    }

    @Test
    void aStepForwardExpiresNothing() {
        pass(Duration.ofMinutes(1));
        machine.advance(Duration.ofHours(3));

        assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofMinutes(1)));
        pass(Duration.ofMinutes(1));
        assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofMinutes(2)));
    }

    @Test
    void aStepBackProlongsNothing() {
        pass(Duration.ofMinutes(1));
        machine.advance(Duration.ofHours(-3));
        pass(Duration.ofMinutes(1));

        assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofMinutes(2)));
    }

    @Test
    void aClockThatIsCorrectedSlowlyIsFollowed() {
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofSeconds(10));
            machine.advance(Duration.ofMillis(5));
            assertThat(clock.instant()).isEqualTo(machine.instant());
        }
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        machine.advance(time);
    }
}
