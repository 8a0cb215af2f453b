package io.pawline.ingest.http;

import io.pawline.images.ImageStoreException;
import io.pawline.ingest.access.QuotaExceededException;
import io.pawline.ingest.access.RateLimit;
import io.pawline.ingest.follow.TooManyWaitsException;
import io.pawline.ingest.submit.RefusedException;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemAdvice;
import io.pawline.web.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.multipart.MultipartException;

/** Turns what goes wrong in the front end's interface only into a problem, besides what goes wrong in any. */
@RestControllerAdvice
public final class IngestProblemAdvice extends ProblemAdvice {

    private static final Logger log = LoggerFactory.getLogger(IngestProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> quotaExceeded(QuotaExceededException e) {
        return ResponseEntity.status(IngestProblem.QUOTA_EXCEEDED.status())
                .header(HttpHeaders.RETRY_AFTER, Long.toString(RateLimit.secondsUntil(e.retryAfter())))
                .headers(RateLimit.headers(e.state()))
                .body(exceeded(e));
    }

    /** A batch has no header for each of its tasks, so the problem has the time, too. */
    public static ProblemDetail exceeded(QuotaExceededException e) {
        ProblemDetail problem = problem(IngestProblem.QUOTA_EXCEEDED, String.valueOf(e.getMessage()));
        problem.setProperty("retry_after", RateLimit.secondsUntil(e.retryAfter()));
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(RefusedException e) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(typeOf(e).status());
        e.retryAfter().ifPresent(time -> answer.header(HttpHeaders.RETRY_AFTER, Long.toString(time.toSeconds())));
        return answer.body(problem(e));
    }

    /** A batch has no header for each, so the problem has the time, too. */
    public static ProblemDetail problem(RefusedException e) {
        ProblemDetail problem = problem(typeOf(e), e.detail());
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
            case BACKLOG_TOO_LONG -> IngestProblem.BACKLOG_TOO_LONG;
        };
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> imageStoreLost(ImageStoreException e) {
        log.warn("A request cannot be served", e);
        return answer(IngestProblem.IMAGE_STORE_UNAVAILABLE, "the request was not served: send it again later");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooManyWaits(TooManyWaitsException e) {
        return answer(IngestProblem.TOO_MANY_WAITS, "ask without waiting, or again later");
    }

    /** The body stopped coming, or came too slowly. No fault of Pawline's. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> brokenBody(BrokenBodyException e) {
        log.debug("A body cannot be read", e);
        return tooSlow();
    }

    private static ResponseEntity<ProblemDetail> tooSlow() {
        return answer(CommonProblem.REQUEST_TIMEOUT, "the body did not come in time: send it again, and faster");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> brokenForm(MultipartException e) {
        log.debug("A form cannot be read", e);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BrokenBodyException) {
                return tooSlow();
            }
            // Jetty has no type for it; longer parts than are allowed are Spring's MaxUploadSizeExceededException.
            if (String.valueOf(cause.getMessage()).startsWith("Form with too many keys")) {
                return answer(CommonProblem.REQUEST_TOO_LARGE, "the form has too many parts");
            }
        }
        return answer(
                CommonProblem.INVALID_REQUEST,
                "the multipart body cannot be read: it ends early or lacks its boundary");
    }
}
