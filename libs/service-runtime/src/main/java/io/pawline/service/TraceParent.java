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
 * Reads and writes a place in a trace as text, as in the header {@code traceparent}
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

    /** Writes the place of this span; empty if nothing is traced. */
    public static Optional<String> of(Span span) {
        String[] text = new String[1];
        W3C.inject(Context.root().with(span), text, (carrier, name, value) -> {
            if (carrier != null && name.equals(RecordHeaders.TRACEPARENT)) {
                carrier[0] = value;
            }
        });
        return Optional.ofNullable(text[0]);
    }

    /** Reads a place to continue from; the beginning of a trace if the text names none. */
    public static Context context(@Nullable String text) {
        return text == null ? Context.root() : W3C.extract(Context.root(), text, ONE_VALUE);
    }

    /** Reads a place to refer to; an invalid one if the text names none. */
    public static SpanContext spanContext(@Nullable String text) {
        return Span.fromContext(context(text)).getSpanContext();
    }

    /** Writes a place into the headers of a record, and replaces the one before. */
    public static void put(Headers headers, String text) {
        put(headers, RecordHeaders.TRACEPARENT, text);
    }

    /** Writes a place into the header of this name, and replaces the one before. */
    public static void put(Headers headers, String name, String text) {
        headers.remove(name).add(name, text.getBytes(UTF_8));
    }

    /** The text in the header of this name; null if there is none. */
    public static @Nullable String in(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }
}
