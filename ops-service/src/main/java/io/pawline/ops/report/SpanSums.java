package io.pawline.ops.report;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sums up the calls of each stage by the span of time in which they began. For one thread. */
final class SpanSums {

    /**
     * The calls of one stage that began in one span of time.
     *
     * @param reason of those that failed; null: of those that did not
     */
    record Part(Instant at, String stage, @Nullable String reason, long calls, long failures, long repeated) {}

    private record Key(long span, String stage, @Nullable String reason) {}

    private static final class Sum {
        private long calls;
        private long failures;
        private long repeated;
    }

    private final Instant from;
    private final Duration span;
    private final long spanMicros;
    private final Map<Key, Sum> sums = new HashMap<>();

    /** @param from beginning of the first span */
    SpanSums(Instant from, Duration span) {
        this.from = from;
        this.span = span;
        this.spanMicros = span.toNanos() / 1_000;
    }

    /** A call is repeated if its task had made one of this stage before. */
    void add(PlacedCall placed) {
        LedgerCall call = placed.call();
        Sum sum = sum(call.startedAt(), call.stage(), call.failed() ? call.cause() : null);
        sum.calls++;
        sum.failures += call.failed() ? 1 : 0;
        sum.repeated += placed.first() ? 0 : 1;
    }

    /** Adds a part that is within one span. */
    void add(Part part) {
        Sum sum = sum(part.at(), part.stage(), part.reason());
        sum.calls += part.calls();
        sum.failures += part.failures();
        sum.repeated += part.repeated();
    }

    private Sum sum(Instant at, String stage, @Nullable String reason) {
        long number = Math.floorDiv(ChronoUnit.MICROS.between(from, at), spanMicros);
        return sums.computeIfAbsent(new Key(number, stage, reason), _ -> new Sum());
    }

    List<Part> parts() {
        return sums.entrySet().stream()
                .map(sum -> new Part(
                        from.plus(span.multipliedBy(sum.getKey().span())),
                        sum.getKey().stage(),
                        sum.getKey().reason(),
                        sum.getValue().calls,
                        sum.getValue().failures,
                        sum.getValue().repeated))
                .toList();
    }
}
