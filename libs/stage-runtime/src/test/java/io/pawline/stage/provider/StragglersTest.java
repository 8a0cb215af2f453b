package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pawline.stage.provider.EndedCall.Result;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StragglersTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Stragglers stragglers = new Stragglers();
    private long now;

    @Test
    void aCallThatManyOthersOvertakeHoldsItsPlaceAsAStraggler() {
        for (int i = 1; i <= 200; i++) {
            now += SECOND;
            ended(i % 20 == 0 ? 60 * SECOND : SECOND, 4);
        }

        assertThat(stragglers.share()).isCloseTo(60.0 / (60 + 19), within(0.05));
        assertThat(stragglers.leftAfter(0.5)).isCloseTo(1 - (1 - stragglers.share()) / 2, within(1e-9));
    }

    @Test
    void callsThatAllWaitInAQueueAreNoStragglers() {
        for (int i = 0; i < 200; i++) {
            now += SECOND;
            ended(5 * SECOND, 5);
        }
        // The provider has lost most of its places
        for (int i = 1; i <= 50; i++) {
            now += 20 * SECOND;
            ended(Math.min(i * 20L, 100L) * SECOND, 5);
        }

        assertThat(stragglers.share()).isZero();
        assertThat(stragglers.leftAfter(0.5)).isEqualTo(0.5);
    }

    @Test
    void stragglersAreFoundAmongThousandsInFlight() {
        for (int i = 0; i < 40_000; i++) {
            now += SECOND / 1_000;
            ended(i % 100 == 0 ? 30 * SECOND : SECOND, 1_300);
        }

        assertThat(stragglers.share()).isCloseTo(30.0 / (30 + 99), within(0.1));
    }

    @Test
    void someCallsAreAlwaysTakenForUsualOnes() {
        for (int i = 0; i < 2_000; i++) {
            now += SECOND;
            ended(i % 2 == 0 ? 1_000 * SECOND : SECOND, 1);
        }

        assertThat(stragglers.share()).isEqualTo(0.9);
    }

    private void ended(long latency, int inFlight) {
        stragglers.ended(new EndedCall(now - latency, now, inFlight, Result.SUCCEEDED));
    }
}
