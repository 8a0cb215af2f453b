package io.pawline.ingest.http;

import io.pawline.images.ImageStoreException;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemAdvice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Turns failures into problems that any request to the front end's interface can meet: a coding that is not taken, a lost
 * image store, and all that {@link ProblemAdvice} knows. The failures of one feature have an advice in the package of that
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

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unsupportedCoding(UnsupportedCodingException e) {
        return ResponseEntity.status(CommonProblem.UNSUPPORTED_MEDIA_TYPE.status())
                .header(HttpHeaders.ACCEPT_ENCODING, RequestBody.GZIP)
                .body(problem(CommonProblem.UNSUPPORTED_MEDIA_TYPE, String.valueOf(e.getMessage())));
    }
}
