package io.pawline.ops.report;

import io.pawline.ops.report.Report.Core;
import io.pawline.ops.report.Report.Latencies;
import io.pawline.ops.report.Report.Loss;
import io.pawline.ops.report.Report.Quantiles;
import io.pawline.ops.report.Report.TaskSpan;
import io.pawline.schemas.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes all sums over the tasks that were submitted in a period in one pass. For one thread. */
final class TaskSums {

    /** Latencies are counted by hundredths of a second, so that as many as there are take little memory. */
    private static final long LATENCY_MILLIS = 10;

    private static final String UNCLASSIFIED = "unclassified";

    /** Numbers of tasks; the meaning of each is that in {@link Core}. */
    record Counts(
            long succeeded,
            long failed,
            long expired,
            long cancelled,
            long open,
            long withCallback,
            long calledBack,
            long endedNotCalledBack,
            long callbackTried,
            long successesNotNotified) {

        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(
                    succeeded + other.succeeded,
                    failed + other.failed,
                    expired + other.expired,
                    cancelled + other.cancelled,
                    open + other.open,
                    withCallback + other.withCallback,
                    calledBack + other.calledBack,
                    endedNotCalledBack + other.endedNotCalledBack,
                    callbackTried + other.callbackTried,
                    successesNotNotified + other.successesNotNotified);
        }
    }

    private record Cause(@Nullable String stage, String state, String reason) {}

    private final Instant from;
    private final Duration span;
    private final ExactPercentiles toEnd = new ExactPercentiles();
    private final ExactPercentiles toSuccess = new ExactPercentiles();
    private final ExactPercentiles toDelivery = new ExactPercentiles();
    private final RepeatCount said = new RepeatCount();
    private final Map<Instant, TaskSpan> spans = new TreeMap<>();
    private final Map<Cause, Long> losses = new HashMap<>();
    private Counts counts = Counts.NONE;

    /**
     * @param from beginning of the period
     * @param span length of the spans of time into which it is divided
     */
    TaskSums(Instant from, Duration span) {
        this.from = from;
        this.span = span;
    }

    void add(ReportedTask task) {
        boolean succeeded = task.state().equals("success");
        boolean failed = task.state().equals("failed");
        boolean expired = task.state().equals("expired");
        boolean cancelled = task.state().equals("cancelled");
        boolean open = task.state().equals("accepted");
        boolean delivered = task.callback() && task.deliveredAt() != null;
        boolean notDelivered = task.callback() && task.deliveredAt() == null;
        counts = counts.plus(new Counts(
                one(succeeded),
                one(failed),
                one(expired),
                one(cancelled),
                one(open),
                one(task.callback()),
                one(delivered),
                one(notDelivered && task.endedAt() != null),
                one(task.callback() && task.tried()),
                one(succeeded && notDelivered)));
        add(new TaskSpan(task.submittedAt(), one(succeeded), one(failed), one(expired), one(cancelled), one(open)));
        if (failed || expired || cancelled) {
            add(new Loss(task.stage(), task.state(), Objects.requireNonNullElse(task.reason(), UNCLASSIFIED), 1));
        }
        addLatency(toEnd, task, task.endedAt());
        if (succeeded) {
            addLatency(toSuccess, task, task.endedAt());
        }
        if (task.callback()) {
            addLatency(toDelivery, task, task.deliveredAt());
        }
        if (task.said() != null) {
            said.add(task.said());
        }
    }

    private static long one(boolean holds) {
        return holds ? 1 : 0;
    }

    private static void addLatency(ExactPercentiles latencies, ReportedTask task, @Nullable Instant end) {
        if (end != null) {
            long millis = Duration.between(task.submittedAt(), end).toMillis();
            latencies.add(Math.floorDiv(millis + LATENCY_MILLIS / 2, LATENCY_MILLIS));
        }
    }

    private void add(TaskSpan more) {
        Instant at = from.plus(span.multipliedBy(
                Math.floorDiv(Duration.between(from, more.at()).toMillis(), span.toMillis())));
        spans.compute(
                at,
                (_, known) -> known == null
                        ? new TaskSpan(
                                at, more.succeeded(), more.failed(), more.expired(), more.cancelled(), more.open())
                        : new TaskSpan(
                                at,
                                known.succeeded() + more.succeeded(),
                                known.failed() + more.failed(),
                                known.expired() + more.expired(),
                                known.cancelled() + more.cancelled(),
                                known.open() + more.open()));
    }

    private void add(Loss loss) {
        losses.merge(new Cause(loss.stage(), loss.state(), loss.reason()), loss.tasks(), Long::sum);
    }

    /** Adds what was summed up before, of spans of time that this one's are made of. */
    void add(TaskRollUp rollUp) {
        counts = counts.plus(rollUp.counts());
        rollUp.spans().forEach(this::add);
        rollUp.losses().forEach(this::add);
        toEnd.add(rollUp.toEnd());
        toSuccess.add(rollUp.toSuccess());
        toDelivery.add(rollUp.toDelivery());
        said.add(rollUp.said());
    }

    /** Sums up what was added, so that it can be added elsewhere. */
    TaskRollUp rollUp() {
        return new TaskRollUp(
                counts, overTime(), losses(), toEnd.bytes(), toSuccess.bytes(), toDelivery.bytes(), said.bytes());
    }

    Core core() {
        long lost = counts.failed() + counts.expired() + counts.cancelled();
        long tasks = counts.succeeded() + lost + counts.open();
        return new Core(
                tasks,
                counts.succeeded(),
                counts.failed(),
                counts.expired(),
                counts.cancelled(),
                counts.open(),
                counts.withCallback(),
                counts.calledBack(),
                counts.withCallback() - counts.calledBack(),
                counts.endedNotCalledBack(),
                counts.callbackTried(),
                Shares.of(counts.succeeded(), tasks),
                Shares.of(lost, tasks),
                Shares.of(counts.calledBack(), counts.withCallback()),
                Shares.of(counts.calledBack(), counts.callbackTried()));
    }

    Latencies latencies() {
        return new Latencies(quantiles(toEnd), quantiles(toSuccess), quantiles(toDelivery));
    }

    private static Quantiles quantiles(ExactPercentiles latencies) {
        return new Quantiles(
                latencies.size(), seconds(latencies.at(0.5)), seconds(latencies.at(0.95)), seconds(latencies.at(0.99)));
    }

    private static @Nullable Double seconds(@Nullable Long latency) {
        return latency == null ? null : latency * LATENCY_MILLIS / 1_000.0;
    }

    /** The number of tasks that say the same as an earlier one of the same tenant. */
    long resubmitted() {
        return said.count();
    }

    /** Sums up the tasks by the time of their submission; there is no span in which none was submitted. */
    List<TaskSpan> overTime() {
        return List.copyOf(spans.values());
    }

    /** Sums up the tasks that ended without success, in the order of the stages, the most frequent reason first. */
    List<Loss> losses() {
        return losses.entrySet().stream()
                .map(loss -> new Loss(
                        loss.getKey().stage(),
                        loss.getKey().state(),
                        loss.getKey().reason(),
                        loss.getValue()))
                .sorted(Comparator.comparingInt(TaskSums::place)
                        .thenComparing(Comparator.comparingLong(Loss::tasks).reversed())
                        .thenComparing(Loss::reason))
                .toList();
    }

    private static int place(Loss loss) {
        return Stage.ofCode(loss.stage() == null ? "" : loss.stage())
                .map(Stage::ordinal)
                .orElse(Stage.values().length);
    }

    long successesNotNotified() {
        return counts.successesNotNotified();
    }
}
