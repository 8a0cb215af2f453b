package io.pawline.ingest.submit;

import io.pawline.ingest.access.RateLimitView;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemAdvice;
import io.pawline.web.ProblemType;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns the refusal of a submission into a problem. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RefusedProblemAdvice {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(RefusedException e) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(typeOf(e).status());
        e.retryAfter().ifPresent(time -> answer.header(HttpHeaders.RETRY_AFTER, Long.toString(time.toSeconds())));
        return answer.body(problem(e));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooManyUploads(TooManyUploadsException e) {
        return ResponseEntity.status(IngestProblem.TOO_MANY_UPLOADS.status())
                .header(HttpHeaders.RETRY_AFTER, Long.toString(RateLimitView.secondsUntil(e.retryAfter())))
                .body(problem(e));
    }

    /** The body of the answer, with the time of the header {@code Retry-After}. */
    static ProblemDetail problem(TooManyUploadsException e) {
        ProblemDetail problem = ProblemAdvice.problem(IngestProblem.TOO_MANY_UPLOADS, String.valueOf(e.getMessage()));
        problem.setProperty("retry_after", RateLimitView.secondsUntil(e.retryAfter()));
        return problem;
    }

    /** The body of the answer. It repeats the time of the header {@code Retry-After}, which a batch has for no task. */
    static ProblemDetail problem(RefusedException e) {
        ProblemDetail problem = ProblemAdvice.problem(typeOf(e), e.detail());
        e.retryAfter().ifPresent(time -> problem.setProperty("retry_after", time.toSeconds()));
        return problem;
    }

    private static ProblemType typeOf(RefusedException e) {
        return switch (e.fault()) {
            case INVALID_FIELD -> CommonProblem.INVALID_REQUEST;
            case ADDRESS_REFUSED -> IngestProblem.ADDRESS_REFUSED;
            case PHOTO_NOT_AN_IMAGE -> IngestProblem.PHOTO_NOT_AN_IMAGE;
            case KEY_REUSED -> IngestProblem.IDEMPOTENCY_KEY_REUSED;
            case PHOTO_TOO_LARGE -> IngestProblem.PHOTO_TOO_LARGE;
            case UPLOAD_UNUSABLE -> IngestProblem.UPLOAD_UNUSABLE;
            case BACKLOG_TOO_LONG -> IngestProblem.BACKLOG_TOO_LONG;
            case BUDGET_EXCEEDED -> IngestProblem.BUDGET_EXCEEDED;
            case DAILY_BUDGET_SPENT -> IngestProblem.DAILY_BUDGET_SPENT;
        };
    }
}
