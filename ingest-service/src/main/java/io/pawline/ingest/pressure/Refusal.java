package io.pawline.ingest.pressure;

import java.time.Duration;

/**
 * That a task would wait too long.
 *
 * @param detail for the caller
 * @param retryAfter when to send it again, in whole seconds
 */
public record Refusal(String detail, Duration retryAfter) {}
