package io.pawline.stage.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Says how urgently the tasks of a stage wait for a permit.
 *
 * @param waited how long the one that has waited longest has waited
 * @param deadline the earliest of their deadlines; {@link Instant#MAX}: none has one
 */
public record Demand(Duration waited, Instant deadline) {

    /** Stands for tasks that can wait. */
    public static final Demand NONE = new Demand(Duration.ZERO, Instant.MAX);

    public Demand {
        Objects.requireNonNull(waited, "waited");
        Objects.requireNonNull(deadline, "deadline");
    }
}
