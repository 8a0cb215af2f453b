package io.pawline.ops.report;

import io.pawline.ops.report.Report.StageCalls;
import io.pawline.schemas.Reason;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sums up the calls of each stage to each provider. For one thread. */
final class StageSums {

    private static final Set<String> TIMEOUTS = Arrays.stream(Reason.values())
            .filter(reason -> reason.scope() == Reason.Scope.TIMEOUT)
            .map(Reason::code)
            .collect(Collectors.toUnmodifiableSet());

    /**
     * The calls of a stage to a provider, and the time they took.
     *
     * @param time of all its calls, in milliseconds
     */
    record StageTime(StageCalls calls, long time) {}

    /**
     * These sums for one stage and provider, to be added to others.
     *
     * @param durations as {@link ExactPercentiles#bytes}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(
            String stage,
            String provider,
            long calls,
            long succeeded,
            long failed,
            long neverEnded,
            long orphaned,
            long tasks,
            long failedTasks,
            long costMicros,
            long millis,
            long timeouts,
            long timeoutMillis,
            byte[] durations) {}

    private record Leg(String stage, String provider) {}

    private final Map<Leg, Sum> sums = new HashMap<>();

    void add(PlacedCall placed) {
        LedgerCall call = placed.call();
        sums.computeIfAbsent(new Leg(call.stage(), call.provider()), _ -> new Sum())
                .add(placed);
    }

    void add(Part part) {
        sums.computeIfAbsent(new Leg(part.stage(), part.provider()), _ -> new Sum())
                .add(part);
    }

    List<Part> sums() {
        return sums.entrySet().stream()
                .map(sum -> sum.getValue().part(sum.getKey()))
                .toList();
    }

    List<StageTime> stages() {
        return sums.entrySet().stream()
                .map(sum -> sum.getValue().of(sum.getKey()))
                .toList();
    }

    private static final class Sum {

        private final ExactPercentiles durations = new ExactPercentiles();
        private long tasks;
        private long failedTasks;
        private long calls;
        private long succeeded;
        private long failed;
        private long neverEnded;
        private long orphaned;
        private long costMicros;
        private long millis;
        private long timeouts;
        private long timeoutMillis;

        void add(PlacedCall placed) {
            LedgerCall call = placed.call();
            calls++;
            succeeded += call.succeeded() ? 1 : 0;
            neverEnded += call.outcome() == null ? 1 : 0;
            orphaned += call.orphaned() ? 1 : 0;
            costMicros += call.costMicros();
            tasks += placed.firstOfProvider() ? 1 : 0;
            failed += call.failed() ? 1 : 0;
            failedTasks += placed.firstFailureOfProvider() ? 1 : 0;
            if (call.durationMillis() != null) {
                addDuration(call.durationMillis(), call.reason());
            }
        }

        void add(Part part) {
            calls += part.calls();
            succeeded += part.succeeded();
            failed += part.failed();
            neverEnded += part.neverEnded();
            orphaned += part.orphaned();
            tasks += part.tasks();
            failedTasks += part.failedTasks();
            costMicros += part.costMicros();
            millis += part.millis();
            timeouts += part.timeouts();
            timeoutMillis += part.timeoutMillis();
            durations.add(part.durations());
        }

        Part part(Leg leg) {
            return new Part(
                    leg.stage(),
                    leg.provider(),
                    calls,
                    succeeded,
                    failed,
                    neverEnded,
                    orphaned,
                    tasks,
                    failedTasks,
                    costMicros,
                    millis,
                    timeouts,
                    timeoutMillis,
                    durations.bytes());
        }

        private void addDuration(long duration, @Nullable String reason) {
            durations.add(duration);
            millis += duration;
            if (reason != null && TIMEOUTS.contains(reason)) {
                timeouts++;
                timeoutMillis += duration;
            }
        }

        StageTime of(Leg leg) {
            return new StageTime(
                    new StageCalls(
                            leg.stage(),
                            leg.provider(),
                            calls,
                            succeeded,
                            failed,
                            neverEnded,
                            orphaned,
                            tasks,
                            failedTasks,
                            calls - tasks,
                            Shares.of(succeeded, succeeded + failed),
                            Shares.of(failed, succeeded + failed),
                            Shares.of(calls, tasks),
                            Shares.money(costMicros),
                            durations.at(0.5),
                            durations.at(0.95),
                            durations.at(0.99),
                            timeoutMean()),
                    millis);
        }

        private @Nullable Long timeoutMean() {
            return timeouts == 0
                    ? null
                    : BigDecimal.valueOf(timeoutMillis)
                            .divide(BigDecimal.valueOf(timeouts), 0, RoundingMode.HALF_UP)
                            .longValueExact();
        }
    }
}
