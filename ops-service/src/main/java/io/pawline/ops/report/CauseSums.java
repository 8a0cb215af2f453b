package io.pawline.ops.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums up the failed calls of each cause. For one thread. */
final class CauseSums {

    private static final Comparator<Failed> MOST_FREQUENT_FIRST = Comparator.comparingLong(Failed::count)
            .reversed()
            .thenComparing(Failed::stage)
            .thenComparing(Failed::provider)
            .thenComparing(Failed::reason);

    /**
     * The failed calls of one cause.
     *
     * @param newest one of them that began last
     */
    record Failed(String stage, String provider, String reason, long count, long tasks, LedgerCall newest) {}

    private record Cause(String stage, String provider, String reason) {}

    private final Map<Cause, Sum> sums = new HashMap<>();

    void add(PlacedCall placed) {
        LedgerCall call = placed.call();
        if (call.failed()) {
            sums.computeIfAbsent(new Cause(call.stage(), call.provider(), call.cause()), _ -> new Sum(call))
                    .add(1, placed.firstOfCause() ? 1 : 0, call);
        }
    }

    void add(Failed failed) {
        sums.computeIfAbsent(
                        new Cause(failed.stage(), failed.provider(), failed.reason()), _ -> new Sum(failed.newest()))
                .add(failed.count(), failed.tasks(), failed.newest());
    }

    /** The causes, the most frequent first. */
    List<Failed> causes() {
        return sums.entrySet().stream()
                .map(sum -> sum.getValue().of(sum.getKey()))
                .sorted(MOST_FREQUENT_FIRST)
                .toList();
    }

    private static final class Sum {

        private long tasks;
        private long calls;
        private LedgerCall newest;

        Sum(LedgerCall first) {
            newest = first;
        }

        void add(long moreCalls, long moreTasks, LedgerCall call) {
            calls += moreCalls;
            tasks += moreTasks;
            if (call.startedAt().isAfter(newest.startedAt())) {
                newest = call;
            }
        }

        Failed of(Cause cause) {
            return new Failed(cause.stage(), cause.provider(), cause.reason(), calls, tasks, newest);
        }
    }
}
