package io.pawline.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What came of one side's afternoon. Times are the report's.
 *
 * @param tasks accepted, those that the front end asked for again included
 * @param possiblePct of the tasks: all but photos without a pet and pictures that are moderated
 * @param calledBackPct of the tasks, of whatever ending
 * @param neverEnded tasks that are open though nothing happens any more
 * @param unclassifiedPct of the failed calls
 * @param amplification calls to outside services by tasks and stages that made one
 * @param paidTwice how often a provider did the work for an attempt and charged for it, after it had for another attempt at
 *     the same: the providers' own count
 * @param repeatedAfterUnknown how often the ledger has another call after one of which nobody knows whether it was charged for
 * @param repeatedAfterPaid how often the ledger has two calls that surely were charged for: none is repeated whose answer came
 * @param p50S from the request to the callback, of the tasks that were called back
 * @param drainS from the end of the last peak until 99 % of the tasks accepted before had ended; null: they have not
 * @param askedAgain tasks that are there because no callback came for another one
 * @param postponed requests that were told to come later
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
        int askedAgain,
        int postponed,
        Map<String, Long> failedCalls,
        Map<String, Long> unsuccessfulTasks) {}
