package io.pawline.ops.console;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/**
 * Limits what an answer may do in a browser. A page of the console runs its own files only, talks to its own service
 * only, stands in nobody's frame, and cannot turn a string into HTML (<a
 * href="https://www.w3.org/TR/trusted-types/">Trusted Types</a>): what is in a dead letter was written by others. An
 * answer of the API that is opened in a browser does nothing at all.
 */
final class SecurityHeaders implements Filter {

    private static final String CONSOLE = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'");

    /** The report as a web page carries its style itself. */
    private static final String API =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

    private static final Map<String, String> ALWAYS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin");

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest asked && response instanceof HttpServletResponse answer) {
            ALWAYS.forEach(answer::setHeader);
            answer.setHeader("Content-Security-Policy", asked.getRequestURI().startsWith("/v1/") ? API : CONSOLE);
        }
        chain.doFilter(request, response);
    }
}
