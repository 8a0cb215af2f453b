package io.pawline.ops.report;

import io.pawline.ops.report.ReportCost.Waste;
import io.pawline.schemas.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sums up what calls cost, and what of that was of no use. For one thread. */
final class CostSums {

    /** Tasks whose states are read at once. */
    private static final int AT_ONCE = 5_000;

    /** The calls to one provider, with their cost in millionths. */
    record Bill(String provider, long calls, long billed, long perhaps, long notBilled, long micros) {

        private static Bill of(LedgerCall call) {
            return new Bill(
                    call.provider(),
                    1,
                    "yes".equals(call.billed()) ? 1 : 0,
                    "unknown".equals(call.billed()) ? 1 : 0,
                    "no".equals(call.billed()) ? 1 : 0,
                    call.costMicros());
        }

        private Bill plus(Bill other) {
            return new Bill(
                    provider,
                    calls + other.calls,
                    billed + other.billed,
                    perhaps + other.perhaps,
                    notBilled + other.notBilled,
                    micros + other.micros);
        }
    }

    /** The calls that were of no use, with their cost in millionths. */
    record Lost(Waste why, long calls, long micros) {

        private Lost plus(Lost other) {
            return new Lost(why, calls + other.calls, micros + other.micros);
        }
    }

    /** The calls of one generation of a task whose use depends on what became of it, with their cost in millionths. */
    private record Spent(UUID task, int generation, long calls, long micros) {}

    private final TaskStates states;
    private final Map<String, Bill> bills = new HashMap<>();
    private final Map<Waste, Lost> lost = new EnumMap<>(Waste.class);
    private final List<Spent> spent = new ArrayList<>();

    private long paidTwice;

    CostSums(TaskStates states) {
        this.states = states;
    }

    void add(PlacedCall placed) {
        LedgerCall call = placed.call();
        bills.merge(call.provider(), Bill.of(call), Bill::plus);
        if (call.costMicros() > 0) {
            addPaid(placed);
        }
    }

    private void addPaid(PlacedCall placed) {
        LedgerCall call = placed.call();
        paidTwice += placed.paidTwice() ? 1 : 0;
        if (call.orphaned()) {
            lose(Waste.ORPHANED, 1, call.costMicros());
        } else if (call.failed() && call.cause().equals(Reason.SUPERSEDED.code())) {
            lose(Waste.SUPERSEDED, 1, call.costMicros());
        } else if (call.failed()) {
            lose(Waste.FAILED, 1, call.costMicros());
        } else if (placed.results() > 1) {
            lose(Waste.REPEATED, 1, call.costMicros());
        } else {
            spend(call);
        }
    }

    void add(List<Bill> moreBills, List<Lost> moreLost, long morePaidTwice) {
        moreBills.forEach(bill -> bills.merge(bill.provider(), bill, Bill::plus));
        moreLost.forEach(each -> lost.merge(each.why(), each, Lost::plus));
        paidTwice += morePaidTwice;
    }

    private void lose(Waste why, long calls, long micros) {
        lost.merge(why, new Lost(why, calls, micros), Lost::plus);
    }

    private void spend(LedgerCall call) {
        Spent last = spent.isEmpty() ? null : spent.getLast();
        if (last != null
                && last.generation() == call.generation()
                && last.task().equals(call.task())) {
            spent.set(
                    spent.size() - 1,
                    new Spent(last.task(), last.generation(), last.calls() + 1, last.micros() + call.costMicros()));
            return;
        }
        if (spent.size() == AT_ONCE) {
            judge();
        }
        spent.add(new Spent(call.task(), call.generation(), 1, call.costMicros()));
    }

    /** Finds out what was spent on tasks that came to nothing. */
    private void judge() {
        if (spent.isEmpty()) {
            return;
        }
        Map<UUID, TaskStates.State> unsuccessful =
                states.withoutUse(spent.stream().map(Spent::task).toList());
        for (Spent each : spent) {
            Waste why = waste(each.generation(), unsuccessful.get(each.task()));
            if (why != null) {
                lose(why, each.calls(), each.micros());
            }
        }
        spent.clear();
    }

    private static @Nullable Waste waste(int generation, TaskStates.@Nullable State task) {
        if (task == null) {
            return null;
        }
        if (task.generation() == generation && task.state().equals("expired")) {
            return Waste.EXPIRED;
        }
        boolean replayed = task.generation() > generation;
        return replayed || task.state().equals("failed") || task.state().equals("cancelled")
                ? Waste.UNSUCCESSFUL
                : null;
    }

    /** The bills of all providers, the dearest first. */
    List<Bill> bills() {
        return bills.values().stream()
                .sorted(Comparator.comparingLong(Bill::micros).reversed().thenComparing(Bill::provider))
                .toList();
    }

    List<Lost> waste() {
        judge();
        return List.copyOf(lost.values());
    }

    /** The number of tasks for which a stage was billed, or perhaps, more than once. */
    long paidTwice() {
        return paidTwice;
    }
}
