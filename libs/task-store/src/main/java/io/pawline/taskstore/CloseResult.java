package io.pawline.taskstore;

import java.util.Objects;

/**
 * What came of an attempt to close a task.
 *
 * @param task its row afterwards
 * @param byThisCall whether this call wrote the ending; false: an earlier one stands
 */
public record CloseResult(Task task, boolean byThisCall) {
    public CloseResult {
        Objects.requireNonNull(task, "task");
    }
}
