package io.pawline.ingest.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Limits how many test deliveries a tenant may ask for, so that nobody can have Pawline load a receiver. Each process
 * counts by itself. Thread-safe.
 */
final class TestDeliveryLimit {

    static final int PER_MINUTE = 10;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final TimeMeter time;
    // A bucket that is not used is full after the window, and then the same as a new one
    private final Cache<String, Bucket> buckets =
            Caffeine.newBuilder().expireAfterAccess(WINDOW.multipliedBy(2)).build();

    TestDeliveryLimit(TimeMeter time) {
        this.time = time;
    }

    /** @throws TooManyTestDeliveriesException if the tenant has had its share */
    void take(String tenant) {
        ConsumptionProbe probe = buckets.get(
                        tenant,
                        _ -> Bucket.builder()
                                .addLimit(limit -> limit.capacity(PER_MINUTE).refillGreedy(PER_MINUTE, WINDOW))
                                .withCustomTimePrecision(time)
                                .build())
                .tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw new TooManyTestDeliveriesException(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }
}
