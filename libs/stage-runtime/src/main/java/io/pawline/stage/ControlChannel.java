package io.pawline.stage;

import io.pawline.controls.ControlPublishException;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Knows the live controls in force, and publishes cool-downs. Those that ask never wait. Thread-safe. */
public interface ControlChannel extends AutoCloseable {

    /** Begins to read; returns at once. */
    void start();

    /** Waits until the controls given before the start are known, for so long at most, and says whether they are. */
    boolean awaitRead(Duration longest) throws InterruptedException;

    /** Says whether the stage is to begin no further work. */
    boolean paused(Stage stage);

    /** Returns the calls in flight that each process of the stage may have; empty: as configured. */
    OptionalInt limit(Stage stage);

    /** Returns the weight by which a tenant shares the stage; empty: as configured. */
    OptionalDouble weight(String tenant);

    /** Returns the moment before which nobody is to call the provider; long past if there is no cool-down. */
    Instant coolDownUntil(String provider);

    /** Says whether an operator has switched the provider off. */
    boolean off(String provider);

    /** Says whether no stage is to work on the task any more. */
    boolean cancelled(TaskId task);

    /**
     * Lets nobody call a provider before an instant; waits until Kafka has it.
     *
     * @throws ControlPublishException if Kafka does not acknowledge it
     */
    void coolDown(String provider, Instant until, String by, String why);

    /** Stops reading; what is known stays. */
    @Override
    void close();
}
