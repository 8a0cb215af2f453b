package io.pawline.ops.report;

import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Sums up what the calls cost, and what of that was wasted.
 *
 * @param paidTwiceTasks tasks for which a stage was billed, or perhaps, more than once
 * @param neverEnded calls of unknown cost, since no end was reported
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ReportCost(
        BigDecimal total,
        BigDecimal perTask,
        BigDecimal perSuccess,
        BigDecimal useful,
        BigDecimal wasted,
        double wastedShare,
        List<ProviderCost> providers,
        List<Wasted> waste,
        long paidTwiceTasks,
        long neverEnded) {

    /** The cost of the calls to one provider. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ProviderCost(
            String provider,
            long calls,
            long billed,
            long perhapsBilled,
            long notBilled,
            BigDecimal cost,
            double share) {}

    /** The reason why money was wasted; a call counts once, for the first of these that holds. */
    enum Waste {
        /** Its result was dropped, for another process had the task by then. */
        ORPHANED,
        /** It was cut, for a second call for the same task had answered. */
        SUPERSEDED,
        /** It failed, but it was billed, or may have been. */
        FAILED,
        /** The task already had such a result. */
        REPEATED,
        /** The task expired. */
        EXPIRED,
        /** The task failed, was cancelled, or was replayed later. */
        UNSUCCESSFUL
    }

    /** The calls that cost something and were of no use, for one reason. */
    record Wasted(Waste why, long calls, BigDecimal cost, double share) {}
}
