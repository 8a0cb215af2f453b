package io.pawline.simulator;

/** Hears of each callback that the simulated front end takes, that is, answers with success. Called on the call's thread. */
@FunctionalInterface
public interface CallbackListener {

    /** Empty texts where the body says nothing. */
    void taken(String taskId, String status);
}
