package io.pawline.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.pawline.schemas.RecordHeaders;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace as text, as the header {@code traceparent} has it
 * (<a href="https://www.w3.org/TR/trace-context/">Trace Context</a>).
 */
public final class TraceParent {

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<String> ONE_VALUE = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String value) {
            return List.of(RecordHeaders.TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String value, String name) {
            return name.equals(RecordHeaders.TRACEPARENT) ? value : null;
        }
    };

    private TraceParent() {}

    /** The place of this span; empty if nothing is traced. */
    public static Optional<String> of(Span span) {
        String[] text = new String[1];
        W3C.inject(Context.root().with(span), text, (carrier, name, value) -> {
            if (carrier != null && name.equals(RecordHeaders.TRACEPARENT)) {
                carrier[0] = value;
            }
        });
        return Optional.ofNullable(text[0]);
    }

    /** The place that the text tells, to go on from; a beginning if it tells none. */
    public static Context context(@Nullable String text) {
        return text == null ? Context.root() : W3C.extract(Context.root(), text, ONE_VALUE);
    }

    /** The place that the text tells, to refer to; an invalid one if it tells none. */
    public static SpanContext spanContext(@Nullable String text) {
        return Span.fromContext(context(text)).getSpanContext();
    }

    /** Makes a record belong there; replaces what it belonged to. */
    public static void put(Headers headers, String text) {
        put(headers, RecordHeaders.TRACEPARENT, text);
    }

    public static void put(Headers headers, String name, String text) {
        headers.remove(name).add(name, text.getBytes(UTF_8));
    }

    public static @Nullable String in(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }
}
