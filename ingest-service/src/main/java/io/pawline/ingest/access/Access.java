package io.pawline.ingest.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.ApiKeys.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells callers by their API keys. A key's row is remembered for {@link #MEMORY}, so a key that is revoked is refused by
 * every process after that time at the latest. Thread-safe.
 */
public final class Access {

    /** How long a revoked key may still be taken. */
    public static final Duration MEMORY = Duration.ofSeconds(3);

    // Ids that nobody has are remembered, too; they push out those that are used the least.
    private static final int MOST_REMEMBERED = 10_000;

    private final ApiKeys keys;
    private final int defaultTasksPerMinute;
    private final Clock clock;
    private final Cache<String, Optional<Stored>> remembered = Caffeine.newBuilder()
            .expireAfterWrite(MEMORY)
            .maximumSize(MOST_REMEMBERED)
            .build();

    /** @param defaultTasksPerMinute tasks that may be accepted in a minute from a caller whose key says nothing of it */
    public Access(ApiKeys keys, int defaultTasksPerMinute, Clock clock) {
        this.keys = keys;
        this.defaultTasksPerMinute = defaultTasksPerMinute;
        this.clock = clock;
    }

    /**
     * The caller who has this key; empty if it is none, or is not good for anything any more.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException if that cannot be found out
     */
    public Optional<Caller> callerWith(String key) {
        Instant now = clock.instant();
        return ApiKeys.idOf(key)
                .flatMap(id -> row(id, key, now))
                .filter(stored -> stored.matches(key) && stored.key().isLive(now))
                .map(stored -> Caller.of(stored.key(), defaultTasksPerMinute));
    }

    /** Not loaded by the cache: there, those who wait for a lost database would be told one after the other. */
    private Optional<Stored> row(String id, String key, Instant now) {
        Optional<Stored> known = remembered.getIfPresent(id);
        if (known != null) {
            return known;
        }
        Optional<Stored> row = keys.find(id);
        row.filter(stored -> stored.matches(key)).ifPresent(stored -> keys.used(stored.key(), now));
        remembered.put(id, row);
        return row;
    }
}
