package io.pawline.ingest.access;

import io.pawline.taskstore.ApiKey;
import io.pawline.taskstore.Scope;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Names the sender of a request, as its API key does.
 *
 * @param tenant the owner of the tasks that it submits and sees
 * @param client the id of its API key, which distinguishes the clients of a tenant
 * @param scopes what it may do
 * @param tasksPerMinute tasks that may be accepted from it in a minute; 0: any number
 */
public record ApiClient(String tenant, String client, Set<Scope> scopes, int tasksPerMinute) {

    /** Stands for every sender where API keys are off. */
    public static final ApiClient ANYBODY = new ApiClient("default", "default", EnumSet.allOf(Scope.class), 0);

    public ApiClient {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(client, "client");
        scopes = Set.copyOf(scopes);
    }

    /** The holder of a key. The default limit applies if the key names none. */
    static ApiClient of(ApiKey key, int defaultTasksPerMinute) {
        Integer own = key.tasksPerMinute();
        return new ApiClient(key.tenant(), key.id(), key.scopes(), own == null ? defaultTasksPerMinute : own);
    }
}
