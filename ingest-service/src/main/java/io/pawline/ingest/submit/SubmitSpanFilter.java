package io.pawline.ingest.submit;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.pawline.schemas.RecordHeaders;
import io.pawline.service.TraceParent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Begins the trace of a task: makes the span of the request that submits it, in the trace that the request came with.
 */
@Component
final class SubmitSpanFilter extends OncePerRequestFilter {

    private static final Set<String> SUBMISSIONS = Set.of("/v1/tasks", "/v1/tasks/batch", "/v1/batches");

    private final boolean on;
    private final Tracer tracer;

    SubmitSpanFilter(OpenTelemetry telemetry) {
        this.on = !telemetry.equals(OpenTelemetry.noop());
        this.tracer = telemetry.getTracer("io.pawline.ingest");
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !on || !request.getMethod().equals("POST") || !SUBMISSIONS.contains(request.getRequestURI());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Span span = tracer.spanBuilder("POST " + request.getRequestURI())
                .setSpanKind(SpanKind.SERVER)
                .setParent(TraceParent.context(request.getHeader(RecordHeaders.TRACEPARENT)))
                .setAttribute("http.request.method", "POST")
                .setAttribute("http.route", request.getRequestURI())
                .startSpan();
        try (Scope _ = span.makeCurrent()) {
            chain.doFilter(request, response);
            span.setAttribute("http.response.status_code", (long) response.getStatus());
            if (response.getStatus() >= 500) {
                span.setStatus(StatusCode.ERROR);
            }
        } catch (ServletException | IOException | RuntimeException lost) {
            span.setStatus(StatusCode.ERROR, lost.getClass().getSimpleName());
            throw lost;
        } finally {
            span.end();
        }
    }
}
