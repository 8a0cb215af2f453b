package io.pawline.ingest.webhook;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TestDeliveryLimitTest {

    private final AtomicLong nanos = new AtomicLong();

    private final TestDeliveryLimit limit = new TestDeliveryLimit(new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    });

    @Test
    void allowsATenantTenInAMinute() {
        for (int i = 0; i < 10; i++) {
            limit.take("shop");
        }
        assertRefused("shop", Duration.ofSeconds(6));

        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        limit.take("shop");
        assertRefused("shop", Duration.ofSeconds(6));
    }

    @Test
    void oneTenantTakesNothingFromAnother() {
        for (int i = 0; i < 10; i++) {
            limit.take("shop");
        }
        assertRefused("shop", Duration.ofSeconds(6));
        assertThatNoException().isThrownBy(() -> limit.take("other"));
    }

    private void assertRefused(String tenant, Duration retryAfter) {
        assertThatExceptionOfType(TooManyTestDeliveriesException.class)
                .isThrownBy(() -> limit.take(tenant))
                .returns(retryAfter, TooManyTestDeliveriesException::retryAfter);
    }
}
