package io.pawline.ingest.pressure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pawline.ingest.IngestProperties;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.Submission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/**
 * Refuses tasks that cannot finish in time to be useful, so that the front end learns it now and not after an hour. Tenants
 * share the stages, so a tenant waits for its own backlog, and for as much of others' as they get meanwhile. The predicted
 * wait comes from the database, so all processes predict the same, whichever of them accepted the tasks. Thread-safe.
 */
public final class Backpressure implements MeterBinder {

    /** Shortest {@code Retry-After}. */
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(5);

    /** Longest {@code Retry-After}: the backlog may shrink faster than it is expected to. */
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(10);

    private final Supplier<Map<String, Long>> open;
    private final ToLongFunction<Instant> endedSince;
    private final IngestProperties.Backlog settings;
    private final Clock clock;
    private final RandomGenerator random;
    private final ToDoubleFunction<String> weights;
    private final CompletionRate completionRate;
    private volatile Prediction prediction = Prediction.NOTHING_OPEN;

    /**
     * @param open counts the tasks of each tenant that are accepted and have no final state yet
     * @param endedSince counts those that reached a final state after a moment because stages worked on them
     * @param weights by which the stages share their time between tenants
     */
    public Backpressure(
            Supplier<Map<String, Long>> open,
            ToLongFunction<Instant> endedSince,
            ToDoubleFunction<String> weights,
            IngestProperties.Backlog settings,
            Clock clock,
            RandomGenerator random) {
        this.open = open;
        this.endedSince = endedSince;
        this.weights = weights;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.completionRate = new CompletionRate(settings.freeTasks());
    }

    /**
     * Predicts the wait anew, about once a second. The last prediction holds until the next. One look follows the other,
     * so what a look saw is never replaced by what an earlier one saw.
     */
    public synchronized void refresh() {
        prediction = completionRate.predict(clock.instant(), open.get(), endedSince);
    }

    /** Says why this task must not be accepted now; empty if it may be. Reads memory only. */
    public Optional<Refusal> refusal(Submission task) {
        Prediction now = prediction.of(task.tenant(), weights);
        if (now.open() <= settings.freeTasks()) {
            return Optional.empty();
        }
        Optional<Duration> takes = now.takes();
        if (takes.isEmpty()) {
            if (held(task).compareTo(settings.maxWait()) > 0) {
                return Optional.empty();
            }
            String detail =
                    "%d tasks come before it and none has ended in the last %d s: send it again after Retry-After"
                            .formatted(now.open(), CompletionRate.WINDOW.toSeconds());
            return Optional.of(new Refusal(detail, retryAfter(SHORTEST_RETRY)));
        }
        Duration allowed = allowed(task);
        Duration tooLong = takes.get().minus(allowed);
        if (!tooLong.isPositive()) {
            return Optional.empty();
        }
        String detail = "it would take about %d s and must not take more than %d s: send it again after Retry-After"
                .formatted(takes.get().toSeconds(), allowed.toSeconds());
        return Optional.of(new Refusal(detail, retryAfter(tooLong)));
    }

    /**
     * Bulk tasks get half of the time, so that their backlog does not take the time that interactive tasks may wait.
     */
    private Duration allowed(Submission task) {
        Duration most = task.priority() == Priority.BULK ? settings.maxWait().dividedBy(2) : settings.maxWait();
        Duration untilDeadline = Duration.between(task.submittedAt(), task.deadline());
        Duration wanted = most.plus(held(task));
        return untilDeadline.compareTo(wanted) < 0 ? untilDeadline : wanted;
    }

    /** The time for which the task is to wait anyway, and in which the backlog of now shrinks. */
    private static Duration held(Submission task) {
        return task.notBefore()
                .map(start -> Duration.between(task.submittedAt(), start))
                .orElse(Duration.ZERO);
    }

    /**
     * The time after which the backlog is short enough at the present rate. Up to a fifth is added at random, so that
     * not all come back at once.
     */
    private Duration retryAfter(Duration tooLong) {
        Duration bounded = tooLong.compareTo(SHORTEST_RETRY) < 0
                ? SHORTEST_RETRY
                : tooLong.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : tooLong;
        return Duration.ofSeconds((long) Math.ceil(bounded.toMillis() / 1000.0 * random.nextDouble(1, 1.2)));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("pawline.ingest.open.tasks", this, it -> it.prediction.open())
                .description("Tasks accepted by any process that have not ended")
                .register(registry);
        Gauge.builder("pawline.ingest.predicted.wait", this, it -> it.prediction.takesSeconds())
                .baseUnit("seconds")
                .description("How long a task accepted now is expected to take; NaN when nothing has ended lately")
                .register(registry);
    }
}
