package io.pawline.ingest.access;

import io.pawline.taskstore.KeyRing;
import java.util.Optional;

/** Tells callers by their API keys. Thread-safe. */
public final class ApiClientAccess {

    private final KeyRing keys;
    private final int defaultTasksPerMinute;

    /** @param defaultTasksPerMinute tasks that may be accepted in a minute from a caller whose key says nothing of it */
    public ApiClientAccess(KeyRing keys, int defaultTasksPerMinute) {
        this.keys = keys;
        this.defaultTasksPerMinute = defaultTasksPerMinute;
    }

    /**
     * The caller who has this key; empty if it is none, or is not good for anything any more.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException if that cannot be found out
     */
    public Optional<ApiClient> callerWith(String key) {
        return keys.find(key).map(known -> ApiClient.of(known, defaultTasksPerMinute));
    }
}
