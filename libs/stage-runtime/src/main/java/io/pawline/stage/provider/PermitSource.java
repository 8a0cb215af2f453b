package io.pawline.stage.provider;

import java.util.Optional;
import java.util.function.Supplier;

/** Gives permits to the tasks of a stage. Thread-safe; asking never waits. */
public interface PermitSource {

    /**
     * Gives a permit for one task, to be closed when the task's work ends; empty if none may begin now.
     *
     * @param demand of the tasks that wait; it is asked for only if the answer depends on it
     */
    Optional<Permit> tryAcquire(Supplier<Demand> demand);

    /** Says whether the stage is neither paused nor its provider switched off or cooling down. */
    boolean allowed();

    /** Returns how many tasks may be at work at once, as of now. */
    int limit();

    /** Counts the tasks at work. */
    int inFlight();
}
