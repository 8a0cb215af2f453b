package io.pawline.ingest.http;

import io.pawline.images.ImageStoreException;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemAdvice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.multipart.MultipartException;

/**
 * Turns failures into problems that any request to the front end's interface can meet: broken bodies, a lost image
 * store, and all that {@link ProblemAdvice} knows. The failures of one feature have an advice in the package of that
 * feature; it has precedence, because this one takes every exception.
 */
@RestControllerAdvice
final class IngestProblemAdvice extends ProblemAdvice {

    private static final Logger log = LoggerFactory.getLogger(IngestProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> imageStoreLost(ImageStoreException e) {
        log.warn("A request cannot be served", e);
        return answer(IngestProblem.IMAGE_STORE_UNAVAILABLE, "the request was not served: send it again later");
    }

    /** The body stopped coming, or came too slowly. Pawline is not at fault. */
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
            // Jetty has no type for this failure. A part that is too long is Spring's MaxUploadSizeExceededException.
            if (String.valueOf(cause.getMessage()).startsWith("Form with too many keys")) {
                return answer(CommonProblem.REQUEST_TOO_LARGE, "the form has too many parts");
            }
        }
        return answer(
                CommonProblem.INVALID_REQUEST,
                "the multipart body cannot be read: it ends early or lacks its boundary");
    }
}
