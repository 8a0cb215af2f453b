package io.pawline.stage.provider;

import java.time.Instant;
import java.util.OptionalInt;

/** What the operator, or another process, has said about the stage and its provider; asked often, so answers are cheap. */
public interface StageControls {

    /** Whether the stage is to begin nothing. */
    boolean paused();

    /** The calls in flight that each process may have; empty: as configured. */
    OptionalInt limit();

    /** Before when nobody is to call the provider; long past if nothing was said. */
    Instant coolDownUntil();

    /** Tells every process not to call the provider before this moment. Returns at once. */
    void coolDown(Instant until, String why);
}
