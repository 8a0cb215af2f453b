package io.pawline.taskstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.taskstore.ApiKeys.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the API keys that are valid now. The row of a key is cached for {@link #MEMORY}, so every process refuses a
 * revoked key after that time at the latest. Thread-safe.
 *
 * <p>Keys that nobody has cost a bounded number of queries, however many are presented: after {@link #UNKNOWN} in a
 * second, only the ids that are in the table are looked up, and these ids are read once in a second at most.
 */
public final class KeyRing {

    /** The time for which a revoked key may still be accepted. */
    public static final Duration MEMORY = Duration.ofSeconds(3);

    /** Look-ups in a second that may find nothing. */
    static final int UNKNOWN = 20;

    private static final Logger log = LoggerFactory.getLogger(KeyRing.class);

    private static final Duration SECOND = Duration.ofSeconds(1);

    // Ids that nobody has are cached too. They push out the ids that are used the least.
    private static final int MAX_CACHED = 10_000;

    private final Rows rows;
    private final Clock clock;
    private final Cache<String, Optional<Stored>> remembered = Caffeine.newBuilder()
            .expireAfterWrite(MEMORY)
            .maximumSize(MAX_CACHED)
            .build();

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Instant second;
    private int foundNothing;
    private @Nullable Ids ids;

    /** The ids of the table as they were. */
    private record Ids(Set<String> live, Instant at) {}

    /** The table of keys. */
    interface Rows {
        Optional<Stored> find(String id);

        void used(ApiKey key, Instant now);

        Set<String> liveIds();
    }

    public KeyRing(ApiKeys keys, Clock clock) {
        this(
                new Rows() {
                    @Override
                    public Optional<Stored> find(String id) {
                        return keys.find(id);
                    }

                    @Override
                    public void used(ApiKey key, Instant now) {
                        keys.used(key, now);
                    }

                    @Override
                    public Set<String> liveIds() {
                        return keys.liveIds();
                    }
                },
                clock);
    }

    KeyRing(Rows rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    /**
     * The key that was presented; empty if there is none, or it is no longer valid. While very many unknown keys are
     * presented, a new key may be unknown for a second.
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
        if (!mayFindNothing(now) && !liveIds(now).contains(id)) {
            return Optional.empty();
        }
        Optional<Stored> row = rows.find(id);
        if (row.isEmpty()) {
            countNothing(now);
        }
        row.filter(stored -> stored.matches(presented)).ifPresent(stored -> noteUse(stored.key(), now));
        remembered.put(id, row);
        return row;
    }

    /** Notes the use of a key if the database takes writes. A request that only reads does not need it. */
    private void noteUse(ApiKey key, Instant now) {
        try {
            rows.used(key, now);
        } catch (DatabaseUnavailableException e) {
            log.debug("The use of an API key is not noted", e);
        }
    }

    private boolean mayFindNothing(Instant now) {
        lock.lock();
        try {
            startSecond(now);
            return foundNothing < UNKNOWN;
        } finally {
            lock.unlock();
        }
    }

    private void countNothing(Instant now) {
        lock.lock();
        try {
            startSecond(now);
            foundNothing++;
        } finally {
            lock.unlock();
        }
    }

    private void startSecond(Instant now) {
        Instant began = second;
        if (began == null || Duration.between(began, now).abs().compareTo(SECOND) >= 0) {
            second = now;
            foundNothing = 0;
        }
    }

    /** The ids of the table, at most a second old. One thread reads them; the others take the last ones meanwhile. */
    private Set<String> liveIds(Instant now) {
        lock.lock();
        try {
            Ids last = ids;
            if (last != null && Duration.between(last.at(), now).abs().compareTo(SECOND) < 0) {
                return last.live();
            }
            if (last != null) {
                // Marked as new before they are read, so that nobody else reads them
                ids = new Ids(last.live(), now);
            }
        } finally {
            lock.unlock();
        }
        Ids current = new Ids(rows.liveIds(), now);
        lock.lock();
        try {
            ids = current;
        } finally {
            lock.unlock();
        }
        return current.live();
    }
}
