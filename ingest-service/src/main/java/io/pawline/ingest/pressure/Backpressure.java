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
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/**
 * Refuses tasks that would wait longer than is of use to anybody: better told now than after an hour. How long that is
 * comes from the database, so all processes say the same, whoever accepted the tasks. Thread-safe.
 */
public final class Backpressure implements MeterBinder {

    /** Shortest and longest time after which to come again: the backlog may shrink faster, or grow. */
    private static final Duration SOONEST = Duration.ofSeconds(5);

    private static final Duration LATEST = Duration.ofMinutes(10);

    private final LongSupplier open;
    private final ToLongFunction<Instant> endedSince;
    private final IngestProperties.Backlog settings;
    private final Clock clock;
    private final RandomGenerator random;
    private final CompletionRate completionRate;
    private volatile Prediction prediction = Prediction.NOTHING_OPEN;

    /**
     * @param open counts the tasks that have been accepted and have not ended
     * @param endedSince counts those that have ended after a moment by being worked on
     */
    public Backpressure(
            LongSupplier open,
            ToLongFunction<Instant> endedSince,
            IngestProperties.Backlog settings,
            Clock clock,
            RandomGenerator random) {
        this.open = open;
        this.endedSince = endedSince;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.completionRate = new CompletionRate(settings.freeTasks());
    }

    /** Looks at the backlog anew; for one thread, about once a second. What was seen last holds until then. */
    public void look() {
        prediction = completionRate.predict(clock.instant(), open.getAsLong(), endedSince);
    }

    /** Why this task is not to be accepted now; empty if it is. Costs nothing. */
    public Optional<Refusal> refusal(Submission task) {
        Prediction now = prediction;
        if (now.open() <= settings.freeTasks()) {
            return Optional.empty();
        }
        Optional<Duration> takes = now.takes();
        if (takes.isEmpty()) {
            String detail = "%d tasks are open and none has ended in the last %d s: send it again after Retry-After"
                    .formatted(now.open(), CompletionRate.WINDOW.toSeconds());
            return Optional.of(new Refusal(detail, retryAfter(SOONEST)));
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

    /** Bulk may wait, but outside: so that its backlog does not take up what the interactive ones may wait. */
    private Duration allowed(Submission task) {
        Duration most = task.priority() == Priority.BULK ? settings.maxWait().dividedBy(2) : settings.maxWait();
        Duration untilDeadline = Duration.between(task.submittedAt(), task.deadline());
        return untilDeadline.compareTo(most) < 0 ? untilDeadline : most;
    }

    /** When the backlog is as short as it has to be, if it goes on like this; a fifth later at most, so that not all come at once. */
    private Duration retryAfter(Duration tooLong) {
        Duration honest = tooLong.compareTo(SOONEST) < 0 ? SOONEST : tooLong.compareTo(LATEST) > 0 ? LATEST : tooLong;
        return Duration.ofSeconds((long) Math.ceil(honest.toMillis() / 1000.0 * random.nextDouble(1, 1.2)));
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
