package io.pawline.stage.budget;

import java.time.Duration;

/** Says whether there is money for a call. */
public sealed interface Money {

    /** Holds the money for the call until it is {@linkplain Reservation#settle settled}. */
    record Reserved(Reservation reservation) implements Money {}

    /** Says that it is not known yet. It has been asked for. */
    record Awaited() implements Money {}

    /**
     * Says that the tenant has spent what it may spend in a day.
     *
     * @param left until the day ends, by the answer that said so
     */
    record DaySpent(Duration left) implements Money {}

    /** Says that the task has cost what it may cost. */
    record TaskSpent() implements Money {}
}
