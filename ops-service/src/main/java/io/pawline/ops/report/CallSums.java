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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes all sums over the calls of a period in one pass. Calls come task by task, so nothing is known of a task that is
 * over, and the memory does not grow with the number of calls. For one thread.
 */
final class CallSums {

    private static final Comparator<LedgerCall> BY_TIME =
            Comparator.comparing(LedgerCall::startedAt).thenComparing(LedgerCall::id);

    private static final Comparator<LedgerCall> BY_STAGE_AND_TIME = Comparator.comparingInt(LedgerCall::generation)
            .thenComparing(LedgerCall::stage)
            .thenComparing(BY_TIME);

    private final StageSums stages = new StageSums();
    private final CauseSums causes = new CauseSums();
    private final RetrySums retries = new RetrySums();
    private final SpanSums spans;
    private final CostSums costs;

    private final Instant from;

    /**
     * @param from beginning of the period
     * @param span length of the spans of time into which it is divided
     */
    CallSums(Instant from, Duration span, TaskStates states) {
        this.from = from;
        this.spans = new SpanSums(from, span);
        this.costs = new CostSums(states);
    }

    /** Adds all calls of one task, in any order. Those before the period are not counted; others depend on them. */
    void addTask(Collection<LedgerCall> calls) {
        addTask(calls, from);
    }

    /** The same, where those before this moment are not counted. */
    void addTask(Collection<LedgerCall> calls, Instant since) {
        UUID paidTwice = calls.size() == 1 ? null : paidTwice(calls);
        TaskStageCalls taskStage = new TaskStageCalls();
        for (LedgerCall call : calls.stream().sorted(BY_STAGE_AND_TIME).toList()) {
            if (!taskStage.goesOnWith(call)) {
                taskStage = new TaskStageCalls();
            }
            PlacedCall placed = taskStage.place(call, call.id().equals(paidTwice));
            if (!call.startedAt().isBefore(since)) {
                add(placed);
            }
        }
    }

    private void add(PlacedCall placed) {
        stages.add(placed);
        causes.add(placed);
        spans.add(placed);
        retries.add(placed);
        costs.add(placed);
    }

    /** The call with which a stage of a task is first paid a second time; null: none is. */
    private static @Nullable UUID paidTwice(Collection<LedgerCall> calls) {
        List<LedgerCall> paid = calls.stream()
                .filter(call -> call.costMicros() > 0)
                .sorted(BY_TIME)
                .toList();
        for (int i = 1; i < paid.size(); i++) {
            LedgerCall call = paid.get(i);
            if (paid.subList(0, i).stream().anyMatch(call::sharesTaskStageWith)) {
                return call.id();
            }
        }
        return null;
    }

    /** Adds what was summed up before, of spans of time that this one's are made of. */
    void add(CallRollUp rollUp) {
        rollUp.stages().forEach(stages::add);
        rollUp.causes().forEach(causes::add);
        rollUp.spans().forEach(spans::add);
        retries.add(rollUp.retries());
        costs.add(rollUp.bills(), rollUp.lost(), rollUp.paidTwice());
    }

    /** Sums up what was added, so that it can be added elsewhere. */
    CallRollUp rollUp() {
        return new CallRollUp(
                stages.sums(),
                causes.causes(),
                retries.sums(),
                spans.parts(),
                costs.bills(),
                costs.waste(),
                costs.paidTwice());
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
