package io.pawline.ops.report;

import io.pawline.ops.report.Report.Loss;
import io.pawline.ops.report.Report.TaskSpan;
import java.util.List;

/**
 * All sums over the tasks that were accepted in a span of time, to be added to those of others.
 *
 * @param toEnd as {@link ExactPercentiles#bytes}, like the two that follow
 * @param said as {@link RepeatCount#bytes}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TaskRollUp(
        TaskSums.Counts counts,
        List<TaskSpan> spans,
        List<Loss> losses,
        byte[] toEnd,
        byte[] toSuccess,
        byte[] toDelivery,
        byte[] said) {

    TaskRollUp {
        spans = List.copyOf(spans);
        losses = List.copyOf(losses);
    }
}
