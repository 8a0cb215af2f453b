package io.pawline.taskstore;

import io.pawline.schemas.TaskId;

/** Says what became of a submission that may have come before. */
public sealed interface SubmissionResult {

    /** The submission is a task of its own, and in the database. */
    record Kept() implements SubmissionResult {}

    /** The same request came before under the same key, and became this task. */
    record Repeated(TaskId task) implements SubmissionResult {}

    /** The submission asks for what this running task will bring. */
    record Folded(TaskId task) implements SubmissionResult {}

    /** Another request came before under the same key. */
    record KeyTaken() implements SubmissionResult {}
}
