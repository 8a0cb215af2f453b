package io.pawline.ingest.cancel;

import io.pawline.schemas.TaskId;
import io.pawline.stage.control.Controls;
import io.pawline.taskstore.Task;

/** Reaches the stages through the topic of live controls. Thread-safe. */
public final class ControlTopic implements TaskCancel.Stages {

    private final Controls controls;

    public ControlTopic(Controls controls) {
        this.controls = controls;
    }

    @Override
    public void tell(Task cancelled) {
        controls.cancel(
                cancelled.id(), cancelled.submission().deadline(), "ingest-service", "the front end cancelled it");
    }

    @Override
    public void takeBack(TaskId cancelled) {
        controls.forget(cancelled);
    }
}
