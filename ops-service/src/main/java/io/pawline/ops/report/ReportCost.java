package io.pawline.ops.report;

import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What the calls cost.
 *
 * @param paidTwiceTasks tasks for which a stage was billed, or perhaps, more than once
 * @param neverEnded calls of unknown cost, since no end was told
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ReportCost(
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

    /** What the calls to one provider cost. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record ProviderCost(
            String provider,
            long calls,
            long billed,
            long perhapsBilled,
            long notBilled,
            BigDecimal cost,
            double share) {}

    /** Why money was spent for nothing; a call is counted once, for the first of these that is true of it. */
    public enum Waste {
        /** Its result was dropped, for another process had the task by then. */
        ORPHANED,
        /** It failed, but it was billed, or may have been. */
        FAILED,
        /** The task had already such a result. */
        REPEATED,
        /** The task expired. */
        EXPIRED,
        /** The task failed, was cancelled, or was replayed later. */
        UNSUCCESSFUL
    }

    /** Calls that cost something and were of no use. */
    public record Wasted(Waste why, long calls, BigDecimal cost, double share) {}
}
