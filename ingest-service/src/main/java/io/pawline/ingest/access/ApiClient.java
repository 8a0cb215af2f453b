package io.pawline.ingest.access;

import io.pawline.taskstore.ApiKey;
import io.pawline.taskstore.Scope;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Who sends a request.
 *
 * @param tenant whose tasks are his
 * @param client which of the tenant's clients he is
 * @param scopes what he may do
 * @param tasksPerMinute tasks that may be accepted from him in a minute; 0: any number
 */
public record ApiClient(String tenant, String client, Set<Scope> scopes, int tasksPerMinute) {

    /** Everybody, where nobody has to say who he is. */
    public static final ApiClient ANYBODY = new ApiClient("default", "default", EnumSet.allOf(Scope.class), 0);

    public ApiClient {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(client, "client");
        scopes = Set.copyOf(scopes);
    }

    /** The holder of a key; what it does not limit is limited by the default. */
    static ApiClient of(ApiKey key, int defaultTasksPerMinute) {
        Integer own = key.tasksPerMinute();
        return new ApiClient(key.tenant(), key.id(), key.scopes(), own == null ? defaultTasksPerMinute : own);
    }
}
