package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what came of one attempt to deliver a callback. It has neither the address nor anything that the receiver said
 * but the status.
 *
 * @param generation the generation of the task whose final state was sent, 1 or more
 * @param number 1 for the first attempt of the generation
 * @param at when the attempt began
 * @param took time until the receiver's answer, or until there was none; not negative
 * @param status HTTP status of the answer, whatever number the receiver chose; null: there was no answer
 * @param reason why the callback is not delivered by this attempt; null: it is
 * @param nextAt the moment before which no further attempt is made; null: no other one is planned
 */
public record CallbackAttempt(
        TaskId taskId,
        int generation,
        int number,
        Instant at,
        Duration took,
        @Nullable Integer status,
        @Nullable Reason reason,
        @Nullable Instant nextAt) {

    public CallbackAttempt {
        Objects.requireNonNull(taskId, "taskId");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(took, "took");
        if (generation < 1 || number < 1) {
            throw new IllegalArgumentException(
                    "generation and number must be > 0, were %d and %d".formatted(generation, number));
        }
        if (took.isNegative()) {
            throw new IllegalArgumentException("took must not be negative, was " + took);
        }
    }

    /** Whether the callback is delivered by this attempt: the receiver answered with 2xx. */
    public boolean delivered() {
        return reason == null;
    }

    /** The HTTP status of the receiver's answer; empty if there was no answer. */
    public Optional<Integer> answer() {
        return Optional.ofNullable(status);
    }

    /** Why the callback is not delivered by this attempt; empty if it is. */
    public Optional<Reason> failure() {
        return Optional.ofNullable(reason);
    }

    /** The moment before which no further attempt is made; empty if no other one is planned. */
    public Optional<Instant> next() {
        return Optional.ofNullable(nextAt);
    }
}
