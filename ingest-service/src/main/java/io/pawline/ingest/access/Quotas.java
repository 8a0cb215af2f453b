package io.pawline.ingest.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits how many tasks each client may have accepted in a minute. Each client has a bucket of as many tokens, which
 * fills evenly. Each process has its own buckets, so a client that spreads its requests gets as much from each.
 * Thread-safe.
 */
public final class Quotas implements QuotaSource {

    /** The time that a limit is for. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    private record Holder(String client, int tasksPerMinute) {}

    private final TimeMeter time;
    // A bucket that is not used is full after the window, and then the same as a new one.
    private final Cache<Holder, Bucket> buckets =
            Caffeine.newBuilder().expireAfterAccess(WINDOW.multipliedBy(2)).build();

    public Quotas() {
        this(TimeMeter.SYSTEM_NANOTIME);
    }

    Quotas(TimeMeter time) {
        this.time = time;
    }

    /**
     * Takes the token of one task.
     *
     * @throws QuotaExceededException if the client has none left
     */
    public void take(ApiClient client) {
        if (client.tasksPerMinute() == 0) {
            return;
        }
        ConsumptionProbe probe = bucket(client).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw new QuotaExceededException(
                    new QuotaState(client.tasksPerMinute(), 0, WINDOW),
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /**
     * Takes nothing, and says whether the token of one task could be taken now.
     *
     * @throws QuotaExceededException if the client has none left
     */
    public void check(ApiClient client) {
        if (client.tasksPerMinute() == 0) {
            return;
        }
        EstimationProbe probe = bucket(client).estimateAbilityToConsume(1);
        if (!probe.canBeConsumed()) {
            throw new QuotaExceededException(
                    new QuotaState(client.tasksPerMinute(), 0, WINDOW),
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** Gives back the token of a task that was not accepted. */
    public void giveBack(ApiClient client) {
        if (client.tasksPerMinute() > 0) {
            bucket(client).addTokens(1);
        }
    }

    @Override
    public String quotaName() {
        return RateLimitView.TASKS;
    }

    /** The state of a client's bucket; empty if the client has no limit. */
    @Override
    public Optional<QuotaState> state(ApiClient client) {
        if (client.tasksPerMinute() == 0) {
            return Optional.empty();
        }
        return Optional.of(QuotaState.of(client.tasksPerMinute(), bucket(client).getAvailableTokens(), WINDOW));
    }

    private Bucket bucket(ApiClient client) {
        return buckets.get(
                new Holder(client.client(), client.tasksPerMinute()),
                holder -> Bucket.builder()
                        .addLimit(limit ->
                                limit.capacity(holder.tasksPerMinute()).refillGreedy(holder.tasksPerMinute(), WINDOW))
                        .withCustomTimePrecision(time)
                        .build());
    }
}
