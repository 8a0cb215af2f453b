package io.pawline.ingest.task;

import io.pawline.schemas.TaskId;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;

/** Reads the task ids of requests. */
public final class TaskIds {

    private TaskIds() {}

    /**
     * Reads an id from an address.
     *
     * @throws ProblemException if the text is no id
     */
    public static TaskId parse(String id) {
        try {
            return TaskId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST,
                    "the task id is no UUID: it has 36 characters, like 0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f");
        }
    }

    /** The problem that the tenant has no task of an id. */
    public static ProblemException notFound() {
        return new ProblemException(
                CommonProblem.TASK_NOT_FOUND, "no task has this id: use the task_id of the submission's answer");
    }
}
