package io.pawline.stage;

import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.Objects;

/**
 * Which try of the stage this is, and for which task.
 *
 * @param number 1 for the first try
 * @param deadline no outside call should outlive this moment by much: the answer would be of no use
 */
public record Attempt(TaskId taskId, int number, Instant deadline) {
    public Attempt {
        Objects.requireNonNull(taskId, "taskId");
        Objects.requireNonNull(deadline, "deadline");
        if (number < 1) {
            throw new IllegalArgumentException("attempt number must be > 0, was " + number);
        }
    }
}
