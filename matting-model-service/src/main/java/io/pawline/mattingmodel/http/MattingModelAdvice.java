package io.pawline.mattingmodel.http;

import io.pawline.mattingmodel.work.NotCutOutException;
import io.pawline.web.ProblemAdvice;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns the refusal of a picture into a problem, and everything else as {@link ProblemAdvice} does. */
@RestControllerAdvice
final class MattingModelAdvice extends ProblemAdvice {

    /** A picture takes about as long, so that a place is free by then. */
    private static final String RETRY_SECONDS = "1";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> notCutOut(NotCutOutException e) {
        MattingModelProblem type = MattingModelProblem.of(e.fault());
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(type.status());
        if (type.status() == HttpStatus.TOO_MANY_REQUESTS || type.status() == HttpStatus.SERVICE_UNAVAILABLE) {
            answer.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return answer.body(problem(type, e.detail()));
    }
}
