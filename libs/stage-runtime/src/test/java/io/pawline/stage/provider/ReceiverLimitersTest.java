package io.pawline.stage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.stage.ProviderPolicies;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReceiverLimitersTest {

    private final ReceiverLimiters limiters = new ReceiverLimiters(
            new ProviderPolicies("receiver", true, Optional.empty(), 0, 0),
            10,
            new TestingClock(),
            System::nanoTime,
            new Random());

    @Test
    void remembersAReceiver() {
        assertThat(limiters.of("a")).isSameAs(limiters.of("a")).isNotSameAs(limiters.of("b"));
        assertThat(limiters.known()).isEqualTo(2);
    }

    @Test
    void forgetsTheIdleReceiversUsedLongestAgo() {
        ConcurrencyLimiter busy = limiters.of("busy");
        assertThat(busy.tryAcquire()).isPresent();
        ConcurrencyLimiter used = limiters.of("used");
        ConcurrencyLimiter idle = limiters.of("idle");
        for (int i = 0; i < 2_000; i++) {
            limiters.of("receiver-" + i);
            limiters.of("used");
        }

        assertThat(limiters.known()).isEqualTo(1_000);
        assertThat(limiters.of("busy")).isSameAs(busy);
        assertThat(limiters.of("used")).isSameAs(used);
        assertThat(limiters.of("idle")).isNotSameAs(idle);
    }
}
