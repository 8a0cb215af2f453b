package io.pawline.ingest.http;

import io.pawline.images.ImageStoreException;
import io.pawline.ingest.accept.RefusedException;
import io.pawline.ingest.access.QuotaExceededException;
import io.pawline.ingest.follow.TooManyWaitsException;
import io.pawline.taskstore.DatabaseUnavailableException;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns whatever goes wrong while a request is served into a problem; nothing inside ever shows. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    private static final String RETRY_SECONDS = "5";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> problem(ProblemException e) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(e.type().status());
        e.challenge().ifPresent(challenge -> answer.header(HttpHeaders.WWW_AUTHENTICATE, challenge));
        return answer.body(problem(e.type(), e.detail()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> quotaExceeded(QuotaExceededException e) {
        return ResponseEntity.status(ProblemType.QUOTA_EXCEEDED.status())
                .header(HttpHeaders.RETRY_AFTER, Long.toString(RateLimit.secondsUntil(e.retryAfter())))
                .headers(RateLimit.headers(e.state()))
                .body(exceeded(e));
    }

    /** A batch has no header for each of its tasks, so the problem has the time, too. */
    static ProblemDetail exceeded(QuotaExceededException e) {
        ProblemDetail problem = problem(ProblemType.QUOTA_EXCEEDED, String.valueOf(e.getMessage()));
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
    static ProblemDetail problem(RefusedException e) {
        ProblemDetail problem = problem(typeOf(e), e.detail());
        e.retryAfter().ifPresent(time -> problem.setProperty("retry_after", time.toSeconds()));
        return problem;
    }

    private static ProblemType typeOf(RefusedException e) {
        return switch (e.fault()) {
            case INVALID_FIELD -> ProblemType.INVALID_REQUEST;
            case ADDRESS_REFUSED -> ProblemType.ADDRESS_REFUSED;
            case PHOTO_NOT_AN_IMAGE -> ProblemType.PHOTO_NOT_AN_IMAGE;
            case KEY_REUSED -> ProblemType.IDEMPOTENCY_KEY_REUSED;
            case PHOTO_TOO_LARGE -> ProblemType.PHOTO_TOO_LARGE;
            case BACKLOG_TOO_LONG -> ProblemType.BACKLOG_TOO_LONG;
        };
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> databaseLost(DatabaseUnavailableException e) {
        log.warn("A request cannot be served: {}", String.valueOf(e.getCause()));
        return answer(ProblemType.DATABASE_UNAVAILABLE, "the request was not served: send it again later");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> imageStoreLost(ImageStoreException e) {
        log.warn("A request cannot be served", e);
        return answer(ProblemType.IMAGE_STORE_UNAVAILABLE, "the request was not served: send it again later");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooManyWaits(TooManyWaitsException e) {
        return answer(ProblemType.TOO_MANY_WAITS, "ask without waiting, or again later");
    }

    /** The body stopped coming, or came too slowly. No fault of Pawline's; Tomcat has an answer of its own for it, with the same type. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> brokenBody(ClientAbortException e) {
        log.debug("A body cannot be read", e);
        return tooSlow();
    }

    private static ResponseEntity<ProblemDetail> tooSlow() {
        return answer(ProblemType.REQUEST_TIMEOUT, "the body did not come in time: send it again, and faster");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> brokenForm(MultipartException e) {
        log.debug("A form cannot be read", e);
        return answer(
                ProblemType.INVALID_REQUEST,
                "the multipart body cannot be read: it ends early, lacks its boundary or has too many parts");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> bug(Exception e, HttpServletRequest request) {
        // Tomcat's note that the body could not be read; with it there, Spring goes on as if there were no form.
        if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof IOException broken) {
            log.debug("A body cannot be read", broken);
            return tooSlow();
        }
        log.error("A request failed", e);
        return answer(ProblemType.INTERNAL_ERROR, "the fault is not the request's; it has been logged");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemType type = ProblemType.of(status);
        ProblemDetail problem =
                body instanceof ProblemDetail given ? given : ProblemDetail.forStatusAndDetail(status, type.title());
        problem.setType(type.uri());
        problem.setTitle(type.title());
        return super.handleExceptionInternal(e, problem, headers, status, request);
    }

    private static ResponseEntity<ProblemDetail> answer(ProblemType type, String detail) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(type.status());
        if (type.status().value() == 503) {
            answer.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return answer.body(problem(type, detail));
    }

    static ProblemDetail problem(ProblemType type, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(type.status(), detail);
        problem.setType(type.uri());
        problem.setTitle(type.title());
        return problem;
    }
}
