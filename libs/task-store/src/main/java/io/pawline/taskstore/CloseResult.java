package io.pawline.taskstore;

import java.util.Objects;

/**
 * Says what came of an attempt to write the final state of a task.
 *
 * @param task the row of the task afterwards
 * @param byThisCall whether this call wrote the final state; false: an earlier one stands
 */
public record CloseResult(Task task, boolean byThisCall) {
    public CloseResult {
        Objects.requireNonNull(task, "task");
    }
}
