package io.pawline.ingest.access;

import java.util.Optional;

/** A limit on what a client may do in a time, for the overview of what is left to it. */
public interface QuotaSource {

    /** The name of the quota, as the header {@code RateLimit} has it. */
    String quotaName();

    /** How much of the quota the client has left; empty if the quota does not concern the client. */
    Optional<QuotaState> state(ApiClient client);
}
