package io.pawline.ingest.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.QuotaSource;
import io.pawline.ingest.access.QuotaState;
import io.pawline.taskstore.Scope;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits how many test deliveries a tenant may ask for, so that nobody can have Pawline load a receiver. Each process
 * counts by itself. Thread-safe.
 */
final class TestDeliveryLimit implements QuotaSource {

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
        ConsumptionProbe probe = bucket(tenant).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw new TooManyTestDeliveriesException(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    private Bucket bucket(String tenant) {
        return buckets.get(
                tenant,
                _ -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(PER_MINUTE).refillGreedy(PER_MINUTE, WINDOW))
                        .withCustomTimePrecision(time)
                        .build());
    }

    @Override
    public String quotaName() {
        return "test-callbacks";
    }

    /** The state of the bucket of the client's tenant; empty if the client may not ask for test deliveries. */
    @Override
    public Optional<QuotaState> state(ApiClient client) {
        return client.scopes().contains(Scope.WEBHOOK)
                ? Optional.of(QuotaState.of(PER_MINUTE, bucket(client.tenant()).getAvailableTokens(), WINDOW))
                : Optional.empty();
    }
}
