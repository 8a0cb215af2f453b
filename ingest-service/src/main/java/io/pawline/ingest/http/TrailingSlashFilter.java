package io.pawline.ingest.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sends a client whose address ends with a slash too many to the address without it. The status 308 has the client
 * repeat its method and body there. It comes after the check of the key, so it tells nothing to those without one.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
final class TrailingSlashFilter extends OncePerRequestFilter {

    /** The beginning of the addresses of pictures, and no address itself. */
    private static final String IMAGES = "/v1/images/";

    /**
     * Leaves alone what is no address with one slash too many. {@code //host/} would even lead to another host, if a
     * client took it for the address to go to.
     */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !path.endsWith("/") || path.length() == 1 || path.equals(IMAGES) || path.contains("//");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        String query = request.getQueryString();
        String there = path.substring(0, path.length() - 1);
        response.setStatus(HttpStatus.PERMANENT_REDIRECT.value());
        response.setHeader(HttpHeaders.LOCATION, query == null ? there : there + "?" + query);
    }
}
