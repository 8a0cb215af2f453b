package io.pawline.taskstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.taskstore.ApiKeys.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds the API keys that are valid now. The row of a key is cached for {@link #MEMORY}, so every process refuses a
 * revoked key after that time at the latest. Thread-safe.
 */
public final class KeyRing {

    /** The time for which a revoked key may still be accepted. */
    public static final Duration MEMORY = Duration.ofSeconds(3);

    // Ids that nobody has are cached too. They push out the ids that are used the least.
    private static final int MAX_CACHED = 10_000;

    private final ApiKeys keys;
    private final Clock clock;
    private final Cache<String, Optional<Stored>> remembered = Caffeine.newBuilder()
            .expireAfterWrite(MEMORY)
            .maximumSize(MAX_CACHED)
            .build();

    public KeyRing(ApiKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * The key that was presented; empty if there is none, or it is no longer valid.
     *
     * @throws DatabaseUnavailableException when the database is lost
     */
    public Optional<ApiKey> find(String presented) {
        Instant now = clock.instant();
        return ApiKeys.idOf(presented)
                .flatMap(id -> row(id, presented, now))
                .filter(stored -> stored.matches(presented) && stored.key().isLive(now))
                .map(Stored::key);
    }

    /** Loads a row outside the cache. In the cache, requests would wait for a lost database one after the other. */
    private Optional<Stored> row(String id, String presented, Instant now) {
        Optional<Stored> known = remembered.getIfPresent(id);
        if (known != null) {
            return known;
        }
        Optional<Stored> row = keys.find(id);
        row.filter(stored -> stored.matches(presented)).ifPresent(stored -> keys.used(stored.key(), now));
        remembered.put(id, row);
        return row;
    }
}
