package io.pawline.taskstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * Finds the versions of the webhook secrets of tenants. They are cached for {@link #MEMORY}, so that not every callback
 * asks the database. A change counts in every process after that time at the latest. Thread-safe.
 */
public final class WebhookSecretCache {

    /** The time for which a change may not count yet. */
    public static final Duration MEMORY = Duration.ofSeconds(3);

    private static final int MAX_CACHED = 10_000;

    private final WebhookSecretDao versions;
    private final Cache<String, WebhookSecretVersions> remembered = Caffeine.newBuilder()
            .expireAfterWrite(MEMORY)
            .maximumSize(MAX_CACHED)
            .build();

    public WebhookSecretCache(WebhookSecretDao versions) {
        this.versions = versions;
    }

    /**
     * The versions of a tenant.
     *
     * @throws DatabaseUnavailableException when the database is lost and the tenant is not cached
     */
    public WebhookSecretVersions of(String tenant) {
        // Loaded outside the cache: in it, callbacks would wait for a lost database one after the other
        WebhookSecretVersions known = remembered.getIfPresent(tenant);
        if (known != null) {
            return known;
        }
        WebhookSecretVersions loaded = versions.of(tenant);
        remembered.put(tenant, loaded);
        return loaded;
    }
}
