package io.pawline.ops.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows the calls of one generation of a task in one stage, in the order of their time. For one thread. */
final class TaskStageCalls {

    private record Cause(String provider, String reason) {}

    private final List<String> providers = new ArrayList<>(1);
    private final List<Cause> causes = new ArrayList<>(0);
    private @Nullable LedgerCall last;
    private int place;
    private int results;

    /** Whether this call is of the same task and stage as those before. */
    boolean goesOnWith(LedgerCall call) {
        return last != null && last.sharesTaskStageWith(call);
    }

    /**
     * Places the next call.
     *
     * @param paidTwice whether its task is the first time paid twice with it
     */
    PlacedCall place(LedgerCall call, boolean paidTwice) {
        boolean failed = call.failed();
        boolean failedBefore = !causes.isEmpty();
        boolean firstOfProvider = add(providers, call.provider());
        boolean firstFailureOfProvider =
                failed && causes.stream().noneMatch(cause -> cause.provider().equals(call.provider()));
        boolean firstOfCause = failed && add(causes, new Cause(call.provider(), call.cause()));
        place++;
        results += call.costMicros() > 0 && call.succeeded() && !call.orphaned() ? 1 : 0;
        PlacedCall placed = new PlacedCall(
                call,
                place,
                last,
                firstOfProvider,
                firstFailureOfProvider,
                firstOfCause,
                failed && !failedBefore,
                failedBefore ? 1 : failed ? place : 0,
                results,
                paidTwice);
        last = call;
        return placed;
    }

    private static <T> boolean add(List<T> known, T each) {
        return !known.contains(each) && known.add(each);
    }
}
