package io.pawline.ops.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Reports on a period: on the tasks submitted in it, and on the calls begun in it. Shares are from 0 to 1, and 0 of
 * nothing; money is in the unit of the price list.
 *
 * @param stages those that made calls, in the order a task passes them
 * @param failures failed calls by stage, provider and reason, the most frequent first
 * @param examples the newest failed call of each of the most frequent causes
 * @param spanSeconds length of the spans of {@code over_time}
 * @param peaks when failures were frequent, oldest first
 * @param tenant of the tasks and calls; null: of all tenants
 * @param tasksOverTime by the time of their submission, in spans of the same length
 * @param losses tasks that ended without success, by their stage and reason; the way of a task's stages first
 * @param successesNotNotified tasks that succeeded and whose front end has not taken the callback that it wants
 * @param exact whether it was made from each row, without the sums that are made ahead
 * @param changes live controls that operators gave in the period, oldest first
 * @param replays that were ordered in the period, oldest first, whatever the tenant
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Report(
        Instant from,
        Instant to,
        Instant generatedAt,
        Core core,
        List<StageCalls> stages,
        List<Cause> failures,
        List<Example> examples,
        long spanSeconds,
        List<Span> overTime,
        List<Peak> peaks,
        Cascade cascade,
        List<Bottleneck> bottlenecks,
        Retries retries,
        Latencies latencies,
        ReportCost cost,
        @Nullable String tenant,
        List<TaskSpan> tasksOverTime,
        List<Loss> losses,
        long successesNotNotified,
        boolean exact,
        List<Change> changes,
        List<Replay> replays) {

    /**
     * The tasks and their callbacks.
     *
     * @param open not ended
     * @param withCallback tasks whose front end wants to be notified
     * @param notCalledBack those of them whose front end has not taken a callback, ended or not
     * @param callbackTried those of them that a callback was tried of
     * @param callbackSuccessRate of those that were tried, the share that was taken
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Core(
            long tasks,
            long succeeded,
            long failed,
            long expired,
            long cancelled,
            long open,
            long withCallback,
            long calledBack,
            long notCalledBack,
            long endedNotCalledBack,
            long callbackTried,
            double successRate,
            double failureRate,
            double callbackRate,
            double callbackSuccessRate) {}

    /**
     * The calls of one stage to one provider.
     *
     * @param neverEnded of which no end was reported: under way, or their process died
     * @param tasks whose first call it was
     * @param failedTasks whose first failed call it was
     * @param retries calls that were not the first of their task in this stage
     * @param amplification calls for each task
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record StageCalls(
            String stage,
            String provider,
            long calls,
            long succeeded,
            long failed,
            long neverEnded,
            long orphaned,
            long tasks,
            long failedTasks,
            long retries,
            double successRate,
            double failureRate,
            double amplification,
            BigDecimal cost,
            @JsonProperty("p50_ms") @Nullable Long p50Ms,
            @JsonProperty("p95_ms") @Nullable Long p95Ms,
            @JsonProperty("p99_ms") @Nullable Long p99Ms,
            @Nullable Long timeoutMeanMs) {}

    /**
     * The failed calls of one cause.
     *
     * @param family what kind of cause it is
     * @param share of all failed calls
     * @param shareOfStage of the stage's failed calls
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Cause(
            String stage,
            String provider,
            String reason,
            Family family,
            long count,
            long tasks,
            double share,
            double shareOfStage) {}

    /** A failed call, as an example of its cause. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Example(
            String stage,
            String provider,
            String reason,
            Instant at,
            UUID taskId,
            int attempt,
            @Nullable String phase,
            @Nullable Integer httpStatus,
            @Nullable String providerCode,
            @Nullable String requestId,
            @Nullable Long durationMs) {}

    /** The tasks that were submitted in one span of time, by what became of them. */
    record TaskSpan(Instant at, long succeeded, long failed, long expired, long cancelled, long open) {}

    /**
     * Tasks that ended without success.
     *
     * @param stage that gave them up; null: no stage did
     * @param state {@code failed}, {@code expired} or {@code cancelled}
     */
    record Loss(@Nullable String stage, String state, String reason, long tasks) {}

    /**
     * A replay of tasks, and what had become of them when the report was made.
     *
     * @param lost tasks that failed, expired or were cancelled once more
     * @param open tasks that are not sent yet, or have not ended
     * @param notSent tasks that were skipped
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Replay(
            Instant at,
            UUID id,
            String by,
            String why,
            long tasks,
            long succeeded,
            long lost,
            long open,
            long notSent) {}

    /**
     * A live control that an operator gave, or a deployment.
     *
     * @param subject {@code stage:…}, {@code limit:…}, {@code provider:…}, {@code off:…} or {@code weight:…}; {@code
     *     release:…} for a deployment, which concerns every stage
     * @param limit calls in flight of each process, or the weight in thousandths; null: it sets none
     * @param until when it ends by itself; null: it does not
     */
    record Change(
            Instant at,
            String subject,
            String action,
            String by,
            String why,
            @Nullable Integer limit,
            @Nullable Instant until) {

        /** What it is about, without its kind. */
        String name() {
            return subject.substring(subject.indexOf(':') + 1);
        }

        /** Whether it is about a stage, or about a provider that the stage calls. */
        boolean concerns(String stage, Collection<String> providers) {
            return switch (subject.substring(0, subject.indexOf(':') + 1)) {
                case "stage:", "limit:" -> name().equals(stage);
                case "provider:", "off:" -> providers.contains(name());
                case "release:" -> true;
                default -> false;
            };
        }
    }

    /** The calls of a stage that began in one span of time. */
    record Span(Instant at, String stage, long calls, long failures, long retries, long timeouts) {}

    /**
     * Spans of time, one after another, in which many calls of a stage failed.
     *
     * @param share of the stage's failed calls that were in it
     */
    record Peak(String stage, Instant from, Instant to, long calls, long failures, double share, String reason) {}

    /** The verdict about what came of failures. */
    enum Verdict {
        /** Too few calls failed for a verdict. */
        TOO_LITTLE,
        /** Repeated calls were a small part of the load, also when most calls failed. */
        NOT_FED,
        /** Repeated calls were a large part of the load when most calls failed. */
        FED
    }

    /**
     * The figures that show whether retries fed the load.
     *
     * @param firstCalls the first of their task in their stage
     * @param worstFrom the span of time in which the share of repeated calls was largest; null: no span has enough
     *     calls
     * @param budget amplification above which retries are held to have fed the load
     * @param resubmitted tasks that say the same as an earlier one of the period: the front end asked again
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Cascade(
            Verdict verdict,
            long calls,
            long firstCalls,
            long repeatedCalls,
            double retryShare,
            double amplification,
            @Nullable Instant worstFrom,
            long worstCalls,
            long worstRepeated,
            double worstAmplification,
            double budget,
            long resubmitted) {}

    /**
     * A stage that held tasks up or let them fail.
     *
     * @param failureShare of all failed calls
     * @param timeShare of the time of all calls
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Bottleneck(
            String stage,
            String provider,
            long failed,
            double failureRate,
            double failureShare,
            double timeShare,
            @JsonProperty("p95_ms") @Nullable Long p95Ms,
            @Nullable String mainReason) {}

    /**
     * The figures that show how failed calls were repeated.
     *
     * @param repeated calls that came after a failed one of their task and stage
     * @param atOnce those of them within a second
     * @param pauseP50Ms from the failure to the next call; null: there was none
     * @param callsOfFailing calls of a task in a stage where one failed, on average
     * @param mostCalls of one task in one stage
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Retries(
            long repeated,
            long atOnce,
            double atOnceShare,
            @JsonProperty("pause_p50_ms") @Nullable Long pauseP50Ms,
            @JsonProperty("pause_p95_ms") @Nullable Long pauseP95Ms,
            double callsOfFailing,
            long mostCalls) {}

    /** The quantiles of a duration, in seconds; null: there was none. */
    record Quantiles(
            long count,
            @Nullable Double p50,
            @Nullable Double p95,
            @Nullable Double p99) {}

    /**
     * The times that tasks took.
     *
     * @param toEnd from submission to the end, of all that ended
     * @param toSuccess the same, of those that succeeded
     * @param toDelivery from submission until the front end took the callback
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Latencies(Quantiles toEnd, Quantiles toSuccess, Quantiles toDelivery) {}
}
