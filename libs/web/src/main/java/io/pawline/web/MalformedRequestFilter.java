package io.pawline.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.RequestPath;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests whose path or {@code Accept} header Spring cannot read, before all routes. Jetty passes them on: it
 * does not decode path parameters, and reads no {@code Accept}. Behind this filter, such a path is an internal error, and
 * such a header leaves the answer without a body. It reads both as Spring does, so that it refuses what Spring would
 * refuse and nothing else. Thread-safe.
 */
@Order(MalformedRequestFilter.ORDER)
final class MalformedRequestFilter extends OncePerRequestFilter {

    static final int ORDER = BareErrorFilter.ORDER + 1;

    private final HeaderContentNegotiationStrategy accepted = new HeaderContentNegotiationStrategy();

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!hasReadablePath(request)) {
            refuse(
                    request,
                    response,
                    CommonProblem.INVALID_REQUEST,
                    "the request's path has a percent sign that two hexadecimal digits do not follow, or a character that"
                            + " has to be percent-encoded");
        } else if (!hasReadableAccept(request)) {
            refuse(
                    request,
                    response,
                    CommonProblem.NOT_ACCEPTABLE,
                    "the Accept header cannot be read: name media types in it, as application/json, 50 at most");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static boolean hasReadablePath(HttpServletRequest request) {
        try {
            String path = request.getRequestURI();
            RequestPath.parse(path, request.getContextPath());
            // Jetty takes any character in a path's parameters, and Spring puts the path into problems as an address
            new URI("http://localhost" + path);
            return true;
        } catch (IllegalArgumentException | URISyntaxException malformed) {
            return false;
        }
    }

    private boolean hasReadableAccept(HttpServletRequest request) {
        try {
            accepted.resolveMediaTypes(new ServletWebRequest(request));
            return true;
        } catch (HttpMediaTypeNotAcceptableException malformed) {
            return false;
        }
    }

    private static void refuse(
            HttpServletRequest request, HttpServletResponse response, ProblemType type, String detail)
            throws IOException {
        ProblemBody.send(request, response, type, type.status().value(), detail);
    }
}
