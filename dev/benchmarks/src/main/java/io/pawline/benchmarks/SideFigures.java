package io.pawline.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Counts what came of one side's afternoon. Times are the report's.
 *
 * @param tasks that were accepted, including those that the front end submitted again
 * @param possiblePct of the tasks: all but photos without a pet and pictures that are moderated
 * @param calledBackPct of the tasks, whatever their final state
 * @param neverEnded tasks that are still open when nothing happens any more
 * @param unclassifiedPct of the failed calls
 * @param amplification calls to outside services by tasks and stages that made one
 * @param paidTwice attempts that a provider charged for although it had charged for another attempt at the same work,
 *     as the providers count it
 * @param repeatedAfterUnknown calls in the ledger that follow one of which nobody knows whether it was charged for
 * @param repeatedAfterPaid calls in the ledger that follow one of the same work, where both surely were charged for; a
 *     call whose answer came is never repeated, so this is 0 for Pawline
 * @param p50S from the request to the callback, of the tasks that were called back
 * @param drainS from the end of the last peak until 99 % of the tasks accepted before it were over; null: they are not
 * @param askedAgain tasks that were submitted because no callback came for another one
 * @param etaErrorPct by how much the time to the end that the status named right after the submission was wrong, of the
 *     real time, median; null: the status named none
 * @param etaLaterErrorPct the same of the status some time later, of the time that was left then
 * @param etaKnownPct answers about open tasks that named one
 * @param postponed requests that were asked to come later
 * @param costPerSuccess what all calls cost, by tasks that succeeded
 * @param window the tasks of the time that the scenario is about; null: it is about none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record SideFigures(
        int tasks,
        double successPct,
        double possiblePct,
        double calledBackPct,
        int neverEnded,
        double unclassifiedPct,
        double amplification,
        long paidTwice,
        long repeatedAfterUnknown,
        long repeatedAfterPaid,
        @JsonProperty("p50_s") double p50S,
        @JsonProperty("p95_s") double p95S,
        @JsonProperty("p99_s") double p99S,
        @JsonProperty("drain_s") @Nullable Double drainS,
        @Nullable Double etaErrorPct,
        @Nullable Double etaLaterErrorPct,
        double etaKnownPct,
        int askedAgain,
        int postponed,
        double costPerSuccess,
        @Nullable Window window,
        Map<String, Long> failedCalls,
        Map<String, Long> unsuccessfulTasks) {

    /**
     * Counts the tasks that were submitted in a part of the day.
     *
     * @param p95S from the submission to the final state, of those that have one
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Window(
            int tasks, int expired, @JsonProperty("p95_s") double p95S) {}
}
