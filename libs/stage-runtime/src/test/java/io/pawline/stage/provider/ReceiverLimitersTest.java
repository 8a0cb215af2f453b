package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.ProviderPolicies;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReceiverLimitersTest {

    private final ReceiverLimiters lanes = new ReceiverLimiters(
            new ProviderPolicies("receiver", true, Optional.empty(), 0, 0), 10, new TestingClock());

    @Test
    void remembersALane() {
        assertThat(lanes.of("a")).isSameAs(lanes.of("a")).isNotSameAs(lanes.of("b"));
        assertThat(lanes.known()).isEqualTo(2);
    }

    @Test
    void forgetsTheIdleLanesUsedLongestAgo() {
        ConcurrencyLimiter busy = lanes.of("busy");
        assertThat(busy.tryAcquire()).isPresent();
        ConcurrencyLimiter used = lanes.of("used");
        ConcurrencyLimiter idle = lanes.of("idle");
        for (int i = 0; i < 2_000; i++) {
            lanes.of("lane-" + i);
            lanes.of("used");
        }

        assertThat(lanes.known()).isEqualTo(1_000);
        assertThat(lanes.of("busy")).isSameAs(busy);
        assertThat(lanes.of("used")).isSameAs(used);
        assertThat(lanes.of("idle")).isNotSameAs(idle);
    }
}
