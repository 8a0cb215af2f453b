package io.pawline.ingest.access;

import io.pawline.ingest.http.IngestProblem;
import io.pawline.web.ProblemAdvice;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns a used-up quota into a problem. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class QuotaProblemAdvice {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> quotaExceeded(QuotaExceededException e) {
        return ResponseEntity.status(IngestProblem.QUOTA_EXCEEDED.status())
                .header(HttpHeaders.RETRY_AFTER, Long.toString(RateLimitView.secondsUntil(e.retryAfter())))
                .headers(RateLimitView.headers(e.state()))
                .body(problem(e));
    }

    /** The body of the answer. It repeats the time of the header {@code Retry-After}, which a batch has for no task. */
    public static ProblemDetail problem(QuotaExceededException e) {
        ProblemDetail problem = ProblemAdvice.problem(IngestProblem.QUOTA_EXCEEDED, String.valueOf(e.getMessage()));
        problem.setProperty("retry_after", RateLimitView.secondsUntil(e.retryAfter()));
        return problem;
    }
}
