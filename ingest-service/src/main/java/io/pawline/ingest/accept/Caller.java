package io.pawline.ingest.accept;

import java.util.Objects;

/**
 * Who sends a request.
 *
 * @param tenant whose tasks are his
 * @param client which of the tenant's clients he is
 */
public record Caller(String tenant, String client) {

    public Caller {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(client, "client");
    }
}
