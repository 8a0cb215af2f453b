package io.pawline.taskstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.taskstore.ApiKeys.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The API keys that are good now. A key's row is remembered for {@link #MEMORY}, so a key that is revoked is refused by
 * every process after that time at the latest. Thread-safe.
 */
public final class KeyRing {

    /** How long a revoked key may still be taken. */
    public static final Duration MEMORY = Duration.ofSeconds(3);

    // Ids that nobody has are remembered, too; they push out those that are used the least.
    private static final int MOST_REMEMBERED = 10_000;

    private final ApiKeys keys;
    private final Clock clock;
    private final Cache<String, Optional<Stored>> remembered = Caffeine.newBuilder()
            .expireAfterWrite(MEMORY)
            .maximumSize(MOST_REMEMBERED)
            .build();

    public KeyRing(ApiKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * What is known of the key that was presented; empty if it is none, or is not good for anything any more.
     *
     * @throws DatabaseUnavailableException if that cannot be found out
     */
    public Optional<ApiKey> find(String presented) {
        Instant now = clock.instant();
        return ApiKeys.idOf(presented)
                .flatMap(id -> row(id, presented, now))
                .filter(stored -> stored.matches(presented) && stored.key().isLive(now))
                .map(Stored::key);
    }

    /** Not loaded by the cache: there, those who wait for a lost database would be told one after the other. */
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
