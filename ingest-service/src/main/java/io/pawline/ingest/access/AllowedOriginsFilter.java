package io.pawline.ingest.access;

import io.pawline.ingest.IngestProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets the pages of some origins read the answers (<a href="https://fetch.spec.whatwg.org/#http-cors-protocol">CORS</a>).
 * For others, the answers have no such headers, and browsers keep them from the pages. It comes before the keys, because
 * a browser asks beforehand without one. Credentials that a browser holds are never allowed: there are none.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class AllowedOriginsFilter extends OncePerRequestFilter {

    private static final String METHODS = "GET, POST, PUT, DELETE";

    private static final String HEADERS =
            "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-Id, traceparent";

    private static final String READABLE =
            "Location, Retry-After, RateLimit, RateLimit-Policy, Idempotent-Replayed, X-Request-Id";

    private static final String MAX_AGE_SECONDS = "600";

    private final List<String> origins;

    AllowedOriginsFilter(IngestProperties settings) {
        this.origins = settings.access().allowedOrigins();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return origins.isEmpty();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.addHeader("Vary", "Origin");
        String origin = allowed(request.getHeader("Origin"));
        if (origin == null) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Access-Control-Allow-Origin", origin);
        if (CorsUtils.isPreFlightRequest(request)) {
            response.setHeader("Access-Control-Allow-Methods", METHODS);
            response.setHeader("Access-Control-Allow-Headers", HEADERS);
            response.setHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
            response.setStatus(HttpStatus.NO_CONTENT.value());
        } else {
            response.setHeader("Access-Control-Expose-Headers", READABLE);
            chain.doFilter(request, response);
        }
    }

    private @Nullable String allowed(@Nullable String origin) {
        if (origin == null) {
            return null;
        }
        return origins.contains("*") ? "*" : origins.contains(origin) ? origin : null;
    }
}
