package io.pawline.web;

import io.pawline.taskstore.DatabaseUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Turns every failure of a request into a problem, which never shows anything internal. A service with failures of its
 * own extends this class.
 */
@RestControllerAdvice
public class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    private static final String RETRY_SECONDS = "5";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> problem(ProblemException e) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(e.type().status());
        e.challenge().ifPresent(challenge -> answer.header(HttpHeaders.WWW_AUTHENTICATE, challenge));
        return answer.body(problem(e.type(), e.detail()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> databaseLost(DatabaseUnavailableException e) {
        log.warn("A request cannot be served: {}", String.valueOf(e.getCause()));
        return answer(
                CommonProblem.DATABASE_UNAVAILABLE,
                e.isSlow()
                        ? "the database did not answer in time: send the request again later, or ask for less"
                        : "the request was not served: send it again later");
    }

    /** The body ended early, its framing is wrong, or it came too slowly. Pawline is not at fault. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> brokenBody(BrokenBodyException e) {
        log.debug("A body cannot be read", e);
        return e.late()
                ? answer(CommonProblem.REQUEST_TIMEOUT, "the body did not come in time: send it again, and faster")
                : answer(
                        CommonProblem.INVALID_REQUEST,
                        "the body ends before its Content-Length or its last chunk, or the size of a chunk is wrong");
    }

    /**
     * Answers for every exception that no other method expects. Jetty refuses some requests only when something looks at
     * them closely, such as at a malformed query. That is no bug.
     */
    @ExceptionHandler
    protected ResponseEntity<ProblemDetail> bug(Exception e, HttpServletRequest request) {
        if (e instanceof HttpException refused && refused.getCode() < HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            return answer(
                    CommonProblem.of(HttpStatusCode.valueOf(refused.getCode())),
                    "the request's address or headers are malformed");
        }
        log.error("A request failed", e);
        return answer(CommonProblem.INTERNAL_ERROR, "the fault is not the request's; it has been logged");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemType type = CommonProblem.of(status);
        ProblemDetail problem =
                body instanceof ProblemDetail given ? given : ProblemDetail.forStatusAndDetail(status, type.title());
        problem.setType(type.uri());
        problem.setTitle(type.title());
        return super.handleExceptionInternal(e, problem, headers, status, request);
    }

    /** Makes an answer with this problem only, and with {@code Retry-After} if its status is 503. */
    public static ResponseEntity<ProblemDetail> answer(ProblemType type, String detail) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(type.status());
        if (type.status().value() == 503) {
            answer.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return answer.body(problem(type, detail));
    }

    /**
     * Makes the body of an answer.
     *
     * @param detail for the client: which field, and what to do about it
     */
    public static ProblemDetail problem(ProblemType type, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(type.status(), detail);
        problem.setType(type.uri());
        problem.setTitle(type.title());
        return problem;
    }
}
