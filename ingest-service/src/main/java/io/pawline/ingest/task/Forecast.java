package io.pawline.ingest.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says how far ahead the end of a task is expected to be.
 *
 * @param position tasks of the same tenant and priority that came before it and are still open; null: it does not wait for
 *     any yet, because it starts later
 * @param end the moment when it is expected to end, not in the past; null: it cannot be predicted now
 * @param waitingFor what keeps it waiting beside the tasks before it, {@link #BUDGET}; null: nothing that is known
 */
public record Forecast(
        @Nullable Long position,
        @Nullable Instant end,
        @Nullable String waitingFor) {

    /** The tenant has spent what it may spend in a day. */
    public static final String BUDGET = "budget";

    /** A forecast for a task that nothing keeps waiting but the tasks before it. */
    public Forecast(@Nullable Long position, @Nullable Instant end) {
        this(position, end, null);
    }

    /** The same for a task that waits for money. Nobody knows when it ends. */
    public Forecast withoutMoney() {
        return new Forecast(position, null, BUDGET);
    }
}
