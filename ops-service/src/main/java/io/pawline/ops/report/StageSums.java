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

    private record Leg(String stage, String provider) {}

    private final Map<Leg, Sum> sums = new HashMap<>();

    void add(PlacedCall placed) {
        LedgerCall call = placed.call();
        sums.computeIfAbsent(new Leg(call.stage(), call.provider()), _ -> new Sum())
                .add(call, placed.taskStage());
    }

    List<StageTime> stages() {
        return sums.entrySet().stream()
                .map(sum -> sum.getValue().of(sum.getKey()))
                .toList();
    }

    private static final class Sum {

        private final ExactPercentiles durations = new ExactPercentiles();
        private final TaskStageCount tasks = new TaskStageCount();
        private final TaskStageCount failedTasks = new TaskStageCount();
        private long calls;
        private long succeeded;
        private long failed;
        private long neverEnded;
        private long orphaned;
        private long costMicros;
        private long millis;
        private long timeouts;
        private long timeoutMillis;

        void add(LedgerCall call, long taskStage) {
            calls++;
            succeeded += call.succeeded() ? 1 : 0;
            neverEnded += call.outcome() == null ? 1 : 0;
            orphaned += call.orphaned() ? 1 : 0;
            costMicros += call.costMicros();
            tasks.add(taskStage);
            if (call.failed()) {
                failed++;
                failedTasks.add(taskStage);
            }
            if (call.durationMillis() != null) {
                addDuration(call.durationMillis(), call.reason());
            }
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
                            tasks.count(),
                            failedTasks.count(),
                            calls - tasks.count(),
                            Shares.of(succeeded, succeeded + failed),
                            Shares.of(failed, succeeded + failed),
                            Shares.of(calls, tasks.count()),
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
