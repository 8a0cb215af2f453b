package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says how a task is over. It is written once per generation. */
public sealed interface FinalState {

    /** The moment when the task ended, to the millisecond. */
    Instant at();

    TaskState state();

    /** The task succeeded and has its pictures. */
    record Success(Instant at, TaskImages pictures) implements FinalState {
        public Success {
            at = at.truncatedTo(ChronoUnit.MILLIS);
            Objects.requireNonNull(pictures, "pictures");
        }

        @Override
        public TaskState state() {
            return TaskState.SUCCESS;
        }
    }

    /**
     * The task did not succeed: it failed, was cancelled, or its deadline passed.
     *
     * @param stage the stage that gave up; null if none did
     * @param detail one sentence for an operator; null: nothing to add to the reason's description
     */
    record Failure(
            Instant at,
            TaskState state,
            Reason reason,
            @Nullable Stage stage,
            @Nullable String detail) implements FinalState {
        public Failure {
            at = at.truncatedTo(ChronoUnit.MILLIS);
            Objects.requireNonNull(reason, "reason");
            if (state == TaskState.ACCEPTED || state == TaskState.SUCCESS) {
                throw new IllegalArgumentException(
                        "a failure's state must be failed, cancelled or expired, was " + state.code());
            }
        }

        /** The stage that gave up; empty if none did. */
        public Optional<Stage> failedStage() {
            return Optional.ofNullable(stage);
        }

        /** What the front end reads: never the words of a provider. */
        public String message() {
            return detail != null && reason.detailsAreOfThePhoto() ? detail : reason.message();
        }

        /** What an operator reads: the words of a provider, too. */
        public String explanation() {
            return detail == null ? reason.description() : detail;
        }
    }
}
