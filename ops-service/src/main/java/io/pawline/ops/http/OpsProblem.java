package io.pawline.ops.http;

import io.pawline.web.ProblemType;
import org.springframework.http.HttpStatus;

/** Lists what can be wrong with a request to ops-service, besides what can be wrong with any. */
public enum OpsProblem implements ProblemType {
    LETTER_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such dead letter"),
    REPLAY_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such replay"),
    REPLAY_STATE(HttpStatus.CONFLICT, "The replay is not in the state for this"),
    LETTER_STATE(HttpStatus.CONFLICT, "The dead letter is not in the state for this"),
    TASK_ENDED(HttpStatus.CONFLICT, "The task has a final state"),
    CONTROLS_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The live controls cannot be read or given"),
    PAYLOAD_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The payload is no event of the stage");

    private final HttpStatus status;
    private final String title;

    OpsProblem(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    @Override
    public HttpStatus status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }
}
