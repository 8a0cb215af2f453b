package io.pawline.ingest.access;

import java.io.Serializable;
import java.time.Duration;

/**
 * Says how much of its quota a client has left.
 *
 * @param limit tasks in a minute
 * @param remaining tasks that would be accepted now
 * @param full time until the whole limit is there again
 */
public record QuotaState(int limit, long remaining, Duration full) implements Serializable {}
