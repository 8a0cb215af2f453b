package io.pawline.ops.report;

import io.pawline.ops.report.CauseSums.Failed;
import io.pawline.ops.report.CostSums.Bill;
import io.pawline.ops.report.CostSums.Lost;
import io.pawline.ops.report.Report.Retries;
import io.pawline.ops.report.SpanSums.Part;
import io.pawline.ops.report.StageSums.StageTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes all sums over the calls of a period in one pass. Calls come task by task, so nothing is known of a task that is
 * over, and the memory does not grow with the number of calls. For one thread.
 */
final class CallSums {

    private static final Comparator<LedgerCall> BY_STAGE_AND_TIME = Comparator.comparingInt(LedgerCall::generation)
            .thenComparing(LedgerCall::stage)
            .thenComparing(LedgerCall::startedAt)
            .thenComparing(LedgerCall::id);

    private final StageSums stages = new StageSums();
    private final CauseSums causes = new CauseSums();
    private final RetrySums retries = new RetrySums();
    private final SpanSums spans;
    private final CostSums costs;

    private @Nullable LedgerCall last;
    private long taskStage;
    private int place;

    /**
     * @param from beginning of the period
     * @param span length of the spans of time into which it is divided
     */
    CallSums(Instant from, Duration span, TaskStates states) {
        this.spans = new SpanSums(from, span);
        this.costs = new CostSums(states);
    }

    /** Adds all calls that one task made in the period, in any order. */
    void addTask(Collection<LedgerCall> calls) {
        calls.stream().sorted(BY_STAGE_AND_TIME).forEach(this::add);
    }

    private void add(LedgerCall call) {
        boolean follows = last != null && last.sharesTaskStageWith(call);
        place = follows ? place + 1 : 1;
        taskStage += follows ? 0 : 1;
        PlacedCall placed = new PlacedCall(call, taskStage, place, follows ? last : null);
        stages.add(placed);
        causes.add(placed);
        spans.add(placed);
        retries.add(placed);
        costs.add(placed);
        last = call;
    }

    List<StageTime> stages() {
        return stages.stages();
    }

    /** The causes of failed calls, the most frequent first. */
    List<Failed> causes() {
        return causes.causes();
    }

    List<Part> parts() {
        return spans.parts();
    }

    Retries retries() {
        return retries.retries();
    }

    /** The bills of all providers, the dearest first. */
    List<Bill> bills() {
        return costs.bills();
    }

    List<Lost> waste() {
        return costs.waste();
    }

    /** The number of tasks for which a stage was billed, or perhaps, more than once. */
    long paidTwice() {
        return costs.paidTwice();
    }
}
