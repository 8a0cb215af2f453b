package io.pawline.ingest.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * How many tasks each client may have accepted: a bucket of as many tokens as a minute's tasks, which fills evenly. Each
 * process has buckets of its own, so a client that is spread over several gets as much from each. Thread-safe.
 */
public final class Quotas {

    /** In which the limit applies. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    private record Holder(String client, int tasksPerMinute) {}

    /**
     * What is left to a client.
     *
     * @param limit tasks in a minute
     * @param remaining tasks that would be accepted now
     * @param full until the whole limit is there again
     */
    public record State(int limit, long remaining, Duration full) implements Serializable {}

    private final TimeMeter time;
    // One that is not used is full after the window, and then the same as a new one.
    private final Cache<Holder, Bucket> buckets =
            Caffeine.newBuilder().expireAfterAccess(WINDOW.multipliedBy(2)).build();

    public Quotas() {
        this(TimeMeter.SYSTEM_NANOTIME);
    }

    Quotas(TimeMeter time) {
        this.time = time;
    }

    /**
     * Takes what one task costs.
     *
     * @throws QuotaExceededException if the caller has used up what he may
     */
    public void take(ApiClient tenant) {
        if (tenant.tasksPerMinute() == 0) {
            return;
        }
        ConsumptionProbe probe = bucket(tenant).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw new QuotaExceededException(
                    new State(tenant.tasksPerMinute(), 0, WINDOW), Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** Gives back what was taken for a task that was not accepted. */
    public void giveBack(ApiClient tenant) {
        if (tenant.tasksPerMinute() > 0) {
            bucket(tenant).addTokens(1);
        }
    }

    /** What is left to a caller, if he has a limit. */
    public Optional<State> state(ApiClient tenant) {
        if (tenant.tasksPerMinute() == 0) {
            return Optional.empty();
        }
        Bucket bucket = bucket(tenant);
        long remaining = Math.max(0, bucket.getAvailableTokens());
        long missing = tenant.tasksPerMinute() - remaining;
        Duration full = WINDOW.multipliedBy(missing).dividedBy(tenant.tasksPerMinute());
        return Optional.of(new State(tenant.tasksPerMinute(), remaining, full));
    }

    private Bucket bucket(ApiClient tenant) {
        return buckets.get(
                new Holder(tenant.client(), tenant.tasksPerMinute()),
                holder -> Bucket.builder()
                        .addLimit(limit ->
                                limit.capacity(holder.tasksPerMinute()).refillGreedy(holder.tasksPerMinute(), WINDOW))
                        .withCustomTimePrecision(time)
                        .build());
    }
}
