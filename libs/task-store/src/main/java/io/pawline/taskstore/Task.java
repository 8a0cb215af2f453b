package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows a task as it is in its row.
 *
 * @param generation 1 for the first run, one more for each replay
 * @param ended the final state of this generation; null: it is still under way
 */
public record Task(
        Submission submission, int generation, @Nullable FinalState ended, Delivery delivery) {
    public Task {
        Objects.requireNonNull(submission, "submission");
        Objects.requireNonNull(delivery, "delivery");
        if (generation < 1) {
            throw new IllegalArgumentException("generation must be > 0, was " + generation);
        }
    }

    public TaskId id() {
        return submission.id();
    }

    public TaskState state() {
        return ended == null ? TaskState.ACCEPTED : ended.state();
    }

    /** The final state of this generation; empty if it is still under way. */
    public Optional<FinalState> finalState() {
        return Optional.ofNullable(ended);
    }
}
