package io.pawline.ops.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.pawline.ops.replay.ReplayPublisher.Work;
import io.pawline.service.TraceParent;
import java.util.Optional;

/**
 * Begins the traces of replayed tasks, each with a link to the trace that the dead letter belongs to, which may be
 * weeks old. Thread-safe.
 */
final class ReplaySpans {

    private final boolean on;
    private final Tracer tracer;

    ReplaySpans(OpenTelemetry telemetry) {
        this.on = !telemetry.equals(OpenTelemetry.noop());
        this.tracer = telemetry.getTracer("io.pawline.ops");
    }

    /** Gives the trace in which the task goes on; without telemetry it is the one that the dead letter belongs to. */
    Optional<String> begin(Work work) {
        String old = new String(work.trace(), UTF_8);
        if (!on) {
            return Optional.of(old).filter(text -> !text.isEmpty());
        }
        var span = tracer.spanBuilder("replay")
                .setNoParent()
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute("pawline.task_id", work.taskId().toString())
                .setAttribute("pawline.stage", work.stage().code())
                .setAttribute("pawline.generation", (long) work.generation());
        SpanContext before = TraceParent.spanContext(old);
        if (before.isValid()) {
            span.addLink(before);
        }
        Span begun = span.startSpan();
        begun.end();
        return TraceParent.of(begun);
    }
}
