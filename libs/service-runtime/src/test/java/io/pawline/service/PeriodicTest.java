package io.pawline.service;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTest {

    @Test
    void aRoundThatFailsIsFollowedByTheNextWhateverItThrows() {
        AtomicInteger rounds = new AtomicInteger();
        try (Periodic _ = Periodic.start("work", Duration.ofMillis(5), () -> {
            switch (rounds.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("no database");
                case 2 -> throw new NoClassDefFoundError("a jar that was replaced");
                default -> {}
            }
        })) {
            await().until(() -> rounds.get() >= 4);
        }
    }
}
