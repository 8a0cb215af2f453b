package io.pawline.ingest.access;

import io.pawline.taskstore.KeyRing;
import java.util.Optional;

/** Finds clients by their API keys. Thread-safe. */
public final class ApiClientAccess {

    private final KeyRing keys;
    private final int defaultTasksPerMinute;

    /** @param defaultTasksPerMinute tasks that may be accepted in a minute from a client whose key names no number */
    public ApiClientAccess(KeyRing keys, int defaultTasksPerMinute) {
        this.keys = keys;
        this.defaultTasksPerMinute = defaultTasksPerMinute;
    }

    /**
     * The client who has this key; empty if there is no such key, or it is no longer valid.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException if the database is lost
     */
    public Optional<ApiClient> clientWith(String key) {
        return keys.find(key).map(known -> ApiClient.of(known, defaultTasksPerMinute));
    }
}
