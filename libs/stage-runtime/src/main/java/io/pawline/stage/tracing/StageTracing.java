package io.pawline.stage.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.service.TraceParent;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes the spans of a stage: one for each attempt at a task, in the task's trace, and within it one for each outside
 * call. All attempts of a stage have the same parent, and each is linked to the one before. Without telemetry nothing
 * is recorded and nothing is done for it: records keep the trace that they came with. Thread-safe.
 */
public final class StageTracing {

    private final Stage stage;
    private final List<String> providers;
    private final boolean on;
    private final Tracer tracer;

    /** @param providers what its calls are to, in their order; there is one at least */
    public StageTracing(OpenTelemetry telemetry, Stage stage, List<String> providers) {
        this.stage = stage;
        this.providers = List.copyOf(providers);
        this.on = !telemetry.equals(OpenTelemetry.noop());
        this.tracer = telemetry.getTracer("io.pawline.stage");
    }

    /** Begins the span of an attempt, on the thread that makes it. */
    public AttemptSpan begin(ConsumerRecord<byte[], byte[]> data, int attempt) {
        return begin(stage.code(), data, attempt);
    }

    /** Begins the span of what is prepared for an attempt, on the thread that prepares it. */
    public AttemptSpan beginPreparation(ConsumerRecord<byte[], byte[]> data, int attempt) {
        return begin(stage.code() + " preparation", data, attempt);
    }

    private AttemptSpan begin(String name, ConsumerRecord<byte[], byte[]> data, int attempt) {
        if (!on) {
            return AttemptSpan.NONE;
        }
        var span = tracer.spanBuilder(name)
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(TraceParent.context(TraceParent.in(data.headers(), RecordHeaders.TRACEPARENT)))
                .setAttribute("pawline.stage", stage.code())
                .setAttribute("pawline.attempt", (long) attempt)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.destination.name", data.topic())
                .setAttribute("messaging.destination.partition.id", Integer.toString(data.partition()))
                .setAttribute("messaging.kafka.offset", data.offset());
        SpanContext before = TraceParent.spanContext(TraceParent.in(data.headers(), RecordHeaders.TRIED_BEFORE));
        if (before.isValid()) {
            span.addLink(before);
        }
        return new AttemptSpan(stage, this::call, span.startSpan());
    }

    /** Begins the span of a call, within the span that is the thread's. */
    private Span call(int place) {
        String provider = providers.get(place);
        return tracer.spanBuilder("call " + provider)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("pawline.provider", provider)
                .startSpan();
    }
}
