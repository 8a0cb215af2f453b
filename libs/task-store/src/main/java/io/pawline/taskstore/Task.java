package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task as its row has it.
 *
 * @param generation 1 for the first run, one more for each replay
 * @param ended how this generation ended; null: it is still under way
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

    /** How it ended, if it has. */
    public Optional<FinalState> ending() {
        return Optional.ofNullable(ended);
    }
}
