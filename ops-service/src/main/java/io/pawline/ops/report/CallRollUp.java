package io.pawline.ops.report;

import io.pawline.ops.report.CauseSums.Failed;
import io.pawline.ops.report.CostSums.Bill;
import io.pawline.ops.report.CostSums.Lost;
import java.util.List;

/** All sums over the calls of a span of time, to be added to those of others. */
record CallRollUp(
        List<StageSums.Part> stages,
        List<Failed> causes,
        RetrySums.Part retries,
        List<SpanSums.Part> spans,
        List<Bill> bills,
        List<Lost> lost,
        long paidTwice) {

    CallRollUp {
        stages = List.copyOf(stages);
        causes = List.copyOf(causes);
        spans = List.copyOf(spans);
        bills = List.copyOf(bills);
        lost = List.copyOf(lost);
    }
}
