package io.pawline.simulator;

/** Receives each callback that the simulated front end answers with success, on the thread of the call. */
@FunctionalInterface
public interface CallbackListener {

    /** Takes the task and its status; a text is empty if the body does not name it. */
    void taken(String taskId, String status);
}
