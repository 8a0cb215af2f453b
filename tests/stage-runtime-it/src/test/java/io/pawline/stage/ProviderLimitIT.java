package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.testkit.LoadedStage;
import io.pawline.testkit.RealTimeProvider;
import io.pawline.testkit.RequestingFrontEnd.Patience;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingStage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Shows with a real broker that the limit of a running stage follows its provider. The figures are FleetWorldTest's. */
class ProviderLimitIT {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void goesToTheFloorWhileAllCallsTimeOutAndRecoversByItself() throws Exception {
        int slots = 16;
        TestingStage stage = TestingStage.on(TestingKafka.connection())
                .maxInFlight(slots)
                .adaptiveLimit()
                .retry(new RetryPolicy(100, HOUR, Duration.ofMillis(50), Duration.ofMillis(200)));
        RealTimeProvider provider = new RealTimeProvider(slots, Integer.MAX_VALUE, Duration.ofMillis(50));
        Duration timeout = Duration.ofMillis(400);
        try (LoadedStage loaded = new LoadedStage(stage, provider, timeout, new Patience(HOUR, HOUR, 1))) {
            loaded.frontEnd.keep(200);
            await().until(() -> loaded.limit() >= slots / 2);

            provider.slots(0);
            await().atMost(Duration.ofSeconds(60)).until(() -> loaded.limit() == 1);
            int before = provider.counts().calls();
            loaded.pass(timeout.multipliedBy(5));
            int calls = provider.counts().calls() - before;
            provider.slots(slots);

            // Calls come one after the other, or not much more; as many as before would be 80.
            assertThat(calls).isLessThan(20);
            await().atMost(Duration.ofSeconds(60)).until(() -> loaded.limit() >= slots / 2);
            int succeeded = loaded.frontEnd.succeeded();
            await().atMost(Duration.ofSeconds(60)).until(() -> loaded.frontEnd.succeeded() > succeeded + 200);
            assertThat(loaded.frontEnd.ended()).isZero();
        }
    }
}
