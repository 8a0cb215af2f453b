package io.pawline.ingest.follow;

import io.pawline.ingest.http.IngestProblem;
import io.pawline.web.ProblemAdvice;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns the refusal of a further subscription into a problem. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class FollowProblemAdvice {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooManySubscriptions(TooManySubscriptionsException e) {
        return ProblemAdvice.answer(IngestProblem.TOO_MANY_WAITS, "ask without waiting, or again later");
    }
}
