package io.pawline.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives a problem to every error that would leave without a body, whoever answers it. Spring answers some requests with
 * a status alone, such as one for its welcome page from a client that does not accept HTML. Thread-safe.
 */
@Order(BareErrorFilter.ORDER)
final class BareErrorFilter extends OncePerRequestFilter {

    /** Behind the filters that put headers into every answer, and before those that answer. */
    static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        if (!isAsyncStarted(request) && isBareError(response)) {
            ProblemType type = CommonProblem.of(HttpStatusCode.valueOf(response.getStatus()));
            ProblemBody.send(request, response, type, response.getStatus(), type.title());
        }
    }

    /** An error that has been sent as such counts as committed, and gets its body from {@link ProblemErrorController}. */
    private static boolean isBareError(HttpServletResponse response) {
        return response.getStatus() >= 400 && !response.isCommitted() && response.getContentType() == null;
    }
}
