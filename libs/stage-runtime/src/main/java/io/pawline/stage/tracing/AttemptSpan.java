package io.pawline.stage.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.service.TraceParent;
import io.pawline.stage.Attempt;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.ProviderCall;
import io.pawline.stage.commit.Settlement;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.MDC;

/**
 * Puts one attempt into a trace. It says codes, numbers and ids only: no address, no payload, no sentence that somebody
 * else wrote. It is the current span of its thread from the beginning until it is closed; used by that thread only.
 */
public final class AttemptSpan implements AutoCloseable {

    /** Stands for an attempt that is not traced. */
    static final AttemptSpan NONE = new AttemptSpan(Stage.DETECT, _ -> Span.getInvalid(), Span.getInvalid());

    private final Stage stage;
    private final IntFunction<Span> calls;
    private final Span span;
    private final Scope scope;
    private final Optional<String> place;

    @SuppressWarnings("MustBeClosedChecker") // closed with this
    AttemptSpan(Stage stage, IntFunction<Span> calls, Span span) {
        this.stage = stage;
        this.calls = calls;
        this.span = span;
        this.place = TraceParent.of(span);
        this.scope = place.isPresent() ? span.makeCurrent() : Scope.noop();
        place.ifPresent(_ -> MDC.put("trace.id", span.getSpanContext().getTraceId()));
    }

    public void about(String taskId) {
        span.setAttribute("pawline.task_id", taskId);
    }

    /** Wraps calls so that each has a span of its own. */
    public Attempt.Calls trace(Attempt.Calls calls) {
        return new Attempt.Calls() {
            @Override
            public <T> T make(ProviderCall<T> call) throws InterruptedException {
                return calls.make(around(call));
            }

            @Override
            public <T> T makeHedged(String kind, ProviderCall<T> first, ProviderCall<T> second)
                    throws InterruptedException {
                return calls.makeHedged(kind, around(first), around(place -> {
                    Span.current().setAttribute("pawline.call.hedge", true);
                    return second.make(place);
                }));
            }
        };
    }

    private <T> ProviderCall<T> around(ProviderCall<T> call) {
        return place.isEmpty()
                ? call
                : provider -> {
                    Span made = begin(provider);
                    try (Scope _ = made.makeCurrent()) {
                        OutsideCall.Answer<T> answer = call.make(provider);
                        describe(made, answer.report());
                        return answer;
                    } catch (RuntimeException bug) {
                        made.setStatus(StatusCode.ERROR, bug.getClass().getSimpleName());
                        throw bug;
                    } finally {
                        made.end();
                    }
                };
    }

    /** Begins the span of a call, which may have another thread than the attempt. */
    private Span begin(int provider) {
        try (Scope _ = span.makeCurrent()) {
            return calls.apply(provider);
        }
    }

    private static void describe(Span made, CallReport report) {
        made.setAttribute("pawline.call.phase", report.phase().name().toLowerCase(Locale.ROOT));
        report.status().ifPresent(status -> made.setAttribute("http.response.status_code", (long) status));
        report.requestId().ifPresent(id -> made.setAttribute("pawline.provider.request_id", id));
        report.failure().ifPresent(reason -> {
            made.setAttribute("error.type", reason.code());
            made.setStatus(StatusCode.ERROR, reason.code());
        });
    }

    /**
     * Takes note of what came of the attempt, and lets its records go on in the trace: from here, or, to be tried
     * again, from where the attempt came.
     */
    public Settlement settled(Settlement settlement) {
        place.ifPresent(here -> settlement.records().forEach(record -> settled(record, here)));
        return settlement;
    }

    private void settled(ProducerRecord<byte[], byte[]> record, String here) {
        boolean again = record.topic().equals(stage.retryTopic())
                || stage.longRetryTopic().filter(record.topic()::equals).isPresent();
        if (again) {
            TraceParent.put(record.headers(), RecordHeaders.TRIED_BEFORE, here);
        } else {
            record.headers().remove(RecordHeaders.TRIED_BEFORE);
            TraceParent.put(record.headers(), here);
        }
        String reason = TraceParent.in(record.headers(), RecordHeaders.REASON);
        if (reason != null) {
            span.setAttribute("error.type", reason);
            span.setAttribute("pawline.outcome", again ? "retry" : "given_up");
            span.setStatus(StatusCode.ERROR, reason);
        }
    }

    @Override
    public void close() {
        scope.close();
        span.end();
    }
}
