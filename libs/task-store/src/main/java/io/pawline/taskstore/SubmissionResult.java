package io.pawline.taskstore;

import io.pawline.schemas.TaskId;

/** What became of a submission that may have been made before. */
public sealed interface SubmissionResult {

    /** It is a task of its own, and in the database. */
    record Kept() implements SubmissionResult {}

    /** The same request came before under the same key, and is this task. */
    record Repeated(TaskId task) implements SubmissionResult {}

    /** It asks for what this running task is about to bring. */
    record Folded(TaskId task) implements SubmissionResult {}

    /** Another request came before under the same key. */
    record KeyTaken() implements SubmissionResult {}
}
