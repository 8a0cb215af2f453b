package io.pawline.ingest.cancel;

import io.pawline.controls.ControlPublisher;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Task;

/** Notifies the stages through the topic of live controls. Thread-safe. */
public final class ControlTopic implements TaskCancel.Stages {

    private final ControlPublisher controlPublisher;

    public ControlTopic(ControlPublisher controlPublisher) {
        this.controlPublisher = controlPublisher;
    }

    @Override
    public void publish(Task cancelled) {
        controlPublisher.cancel(
                cancelled.id(), cancelled.submission().deadline(), "ingest-service", "the front end cancelled it");
    }

    @Override
    public void withdraw(TaskId cancelled) {
        controlPublisher.forget(cancelled);
    }
}
