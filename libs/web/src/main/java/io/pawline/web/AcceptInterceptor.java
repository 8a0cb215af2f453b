package io.pawline.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses a request whose {@code Accept} header rules out the answer, before anything is done. Spring itself finds out
 * when it writes the answer: what was asked for is done by then, and the client reads that it was refused.
 */
final class AcceptInterceptor implements HandlerInterceptor {

    /** Methods that change nothing. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private static final List<MediaType> JSON =
            List.of(MediaType.APPLICATION_JSON, new MediaType("application", "*+json"));

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws HttpMediaTypeNotAcceptableException {
        if (!SAFE.contains(request.getMethod()) && handler instanceof HandlerMethod method && answersWithBody(method)) {
            List<String> accept = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
            if (!accept.isEmpty() && !allowJson(accept)) {
                throw new HttpMediaTypeNotAcceptableException(JSON);
            }
        }
        return true;
    }

    private static boolean answersWithBody(HandlerMethod method) {
        ResolvableType answer = ResolvableType.forMethodReturnType(method.getMethod());
        Class<?> body = ResponseEntity.class.equals(answer.resolve()) ? answer.resolveGeneric(0) : answer.resolve();
        return body != void.class && body != Void.class;
    }

    /** {@link MalformedRequestFilter} has refused what cannot be read. */
    private static boolean allowJson(List<String> accept) {
        List<MediaType> accepted = MediaType.parseMediaTypes(accept);
        return accepted.isEmpty()
                || accepted.stream().anyMatch(type -> JSON.stream().anyMatch(type::isCompatibleWith));
    }
}
