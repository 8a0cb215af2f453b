package io.pawline.stage.provider;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * Says what the operator, or another process, wants of the stage and its provider. It is asked often, so
 * answers are cheap.
 */
public interface StageControls {

    /** Says whether the stage is to begin nothing. */
    boolean paused();

    /** Returns the calls in flight that each process may have; empty: as configured. */
    OptionalInt limit();

    /** Returns the moment before which nobody is to call the provider. It is long past if there is no cool-down. */
    Instant coolDownUntil();

    /** Says whether an operator has switched the provider off. */
    default boolean off() {
        return false;
    }

    /** Asks every process not to call the provider before this moment. Returns at once. */
    void coolDown(Instant until, String why);
}
