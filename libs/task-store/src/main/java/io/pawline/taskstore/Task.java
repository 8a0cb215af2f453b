package io.pawline.taskstore;

import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows a task as it is in its row.
 *
 * @param generation 1 for the first run, one more for each replay
 * @param ended the final state of this generation; null: it is still under way
 * @param erased whether its tenant has deleted it, so that it is hidden
 */
public record Task(
        Submission submission, int generation, @Nullable FinalState ended, Delivery delivery, boolean erased) {
    public Task {
        Objects.requireNonNull(submission, "submission");
        Objects.requireNonNull(delivery, "delivery");
        if (generation < 1) {
            throw new IllegalArgumentException("generation must be > 0, was " + generation);
        }
    }

    /** A task that is not deleted. */
    public Task(Submission submission, int generation, @Nullable FinalState ended, Delivery delivery) {
        this(submission, generation, ended, delivery, false);
    }

    /** Whether a tenant may see it: it is his, and he has not deleted it. */
    public boolean visibleTo(String tenant) {
        return !erased && submission.tenant().equals(tenant);
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

    /**
     * How far the callback of the final state has come.
     *
     * @return empty if the task is under way, or nobody is to be notified
     */
    public Optional<DeliveryState> deliveryState(Instant now) {
        if (ended == null || submission.callbackUrl().isEmpty()) {
            return Optional.empty();
        }
        if (delivery.deliveredAt() != null) {
            return Optional.of(DeliveryState.DELIVERED);
        }
        boolean waited = ended.at().isBefore(now.minus(Delivery.PENDING_TIME));
        return Optional.of(
                delivery.attemptedAt() != null || waited ? DeliveryState.UNDELIVERED : DeliveryState.PENDING);
    }
}
