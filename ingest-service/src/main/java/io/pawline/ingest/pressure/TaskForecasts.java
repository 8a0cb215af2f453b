package io.pawline.ingest.pressure;

import io.pawline.ingest.task.Forecast;
import io.pawline.ingest.task.ReachedStages;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.OpenTasks.EndedTask;
import io.pawline.taskstore.OpenTasks.OpenGroup;
import io.pawline.taskstore.OpenTasks.Queue;
import io.pawline.taskstore.StageReached;
import io.pawline.taskstore.Task;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Predicts when tasks end. The figures behind a forecast are read by the first request that needs newer ones; others
 * meanwhile use those that are there. Reading costs the same however many ask: once a second it is done at most if it
 * takes longer than some milliseconds, and four times otherwise. Every process reads the same figures. Thread-safe.
 */
public final class TaskForecasts {

    /** Tasks that ended longer ago than this say too little about what is possible now. */
    static final Duration WINDOW = CompletionRate.WINDOW;

    /** Tasks that ended last, by which times and rates are measured. */
    static final int SAMPLE = 100;

    /** Figures are used for so long at least. */
    private static final Duration SHORTEST = Duration.ofMillis(250);

    /** Figures are used for so many times the time that it takes to read them, so that reading takes little time. */
    private static final int PAUSE_FACTOR = 20;

    /** But not for longer than this: one slow read must not make forecasts old. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** Figures are not used any more after so long, even while they are being read. */
    private static final Duration STALE = Duration.ofSeconds(5);

    private final Source source;
    private final Predicate<String> withoutMoney;
    private final Clock clock;
    private final StageTimes stageTimes = new StageTimes();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Figures latest;

    /** What was read, and how long it is used. */
    private record Figures(QueueFigures queues, Instant readAt, Instant until) {}

    /** Reads the figures. */
    public interface Source {

        /** The open tasks of all tenants by the time since when they wait, earliest first. */
        List<OpenGroup> open();

        /** The tasks that stages worked on and that ended after a moment, the last first, so many at most. */
        List<EndedTask> ended(Instant since, int limit);

        /** The stages that these tasks have reached. */
        List<StageReached> reached(Collection<TaskId> tasks);
    }

    TaskForecasts(Source source, Clock clock) {
        this(source, _ -> false, clock);
    }

    /** @param withoutMoney says whether a tenant has spent what it may spend in a day */
    public TaskForecasts(Source source, Predicate<String> withoutMoney, Clock clock) {
        this.source = source;
        this.withoutMoney = withoutMoney;
        this.clock = clock;
    }

    /**
     * Predicts when a task ends.
     *
     * @param reached the newest stage that it has reached; null: the first
     * @return empty if the task has a final state
     * @throws io.pawline.taskstore.DatabaseUnavailableException if the figures are too old and the database is lost
     */
    public Optional<Forecast> of(Task task, @Nullable StageReached reached) {
        if (task.finalState().isPresent()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Forecast forecast = forecast(task, reached, figures(now).queues(), now);
        return Optional.of(
                withoutMoney.test(task.submission().tenant()) && spends(reached) ? forecast.withoutMoney() : forecast);
    }

    /** Says whether a call that costs money is still to come. */
    private static boolean spends(@Nullable StageReached reached) {
        return ReachedStages.shown(reached).paid();
    }

    private Figures figures(Instant now) {
        Figures known = latest;
        if (known != null && now.isBefore(known.until())) {
            return known;
        }
        if (known != null && now.isBefore(known.readAt().plus(STALE)) && reading.isLocked()) {
            return known;
        }
        reading.lock();
        try {
            Figures meanwhile = latest;
            if (meanwhile != null && now.isBefore(meanwhile.until())) {
                return meanwhile;
            }
            Figures read = read(now);
            latest = read;
            return read;
        } finally {
            reading.unlock();
        }
    }

    private Figures read(Instant now) {
        List<EndedTask> ended = source.ended(now.minus(WINDOW), SAMPLE);
        stageTimes.learn(ended, source.reached(StageTimes.measured(ended)), now);
        List<OpenGroup> open = source.open();
        QueueFigures queues = QueueFigures.of(open, clock.instant(), ended, now);
        long pause = Duration.between(now, clock.instant()).toMillis() * PAUSE_FACTOR;
        return new Figures(queues, now, now.plusMillis(Math.clamp(pause, SHORTEST.toMillis(), LONGEST.toMillis())));
    }

    private Forecast forecast(Task task, @Nullable StageReached reached, QueueFigures queues, Instant now) {
        Instant waitsSince = waitsSince(task);
        Queue queue = new Queue(task.submission().tenant(), task.submission().priority());
        if (waitsSince.isAfter(now)) {
            // Held: nobody knows who will be before it then
            return new Forecast(
                    null,
                    stageTimes
                            .of(Stage.DETECT)
                            .map(time -> waitsSince.plus(time.least()))
                            .orElse(null));
        }
        long ahead = queues.ahead(queue, waitsSince);
        Duration since = Duration.between(reached == null ? waitsSince : reached.at(), now);
        return new Forecast(
                ahead,
                stageTimes
                        .of(ReachedStages.shown(reached))
                        .flatMap(time -> queues.remaining(queue, ahead, time, since))
                        .map(now::plus)
                        .orElse(null));
    }

    /** The moment since when a task waits for the stages. */
    private static Instant waitsSince(Task task) {
        Instant submitted = task.submission().submittedAt();
        return task.submission()
                .notBefore()
                .filter(start -> start.isAfter(submitted))
                .orElse(submitted);
    }
}
