package io.pawline.ingest.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says how far ahead the end of a task is expected to be.
 *
 * @param position tasks of the same tenant and priority that came before it and are still open; null: it does not wait for
 *     any yet, because it starts later
 * @param end the moment when it is expected to end, not in the past; null: it cannot be predicted now
 */
public record Forecast(@Nullable Long position, @Nullable Instant end) {}
