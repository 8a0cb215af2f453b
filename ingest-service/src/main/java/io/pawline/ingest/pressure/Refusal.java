package io.pawline.ingest.pressure;

import java.time.Duration;

/**
 * Says that a task would wait too long.
 *
 * @param detail one sentence for the client
 * @param retryAfter the time after which to send it again, in whole seconds
 */
public record Refusal(String detail, Duration retryAfter) {}
