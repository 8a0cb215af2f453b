package io.pawline.ingest.pressure;

import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.OpenTasks.EndedTask;
import io.pawline.taskstore.StageReached;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long tasks take from each stage to their end: the median of those that ended last, and what it is while
 * nothing waits. One thread learns; any thread may ask.
 */
final class StageTimes {

    /** From fewer tasks than this no median is taken. */
    private static final int FEWEST = 5;

    /** A median is taken of so many tasks at most, so that it follows when the times change. */
    private static final int MOST = 50;

    /** The time in which the least time becomes a higher median, should nothing be faster any more. */
    private static final Duration MEMORY = Duration.ofMinutes(10);

    /** While the median is not larger than so many times the least time, tasks hardly wait for each other. */
    private static final double LITTLE = 1.5;

    /** A task that has taken its time already is expected to take this part of it. */
    private static final int OVERDUE_PART = 5;

    /**
     * The time from a stage to the end.
     *
     * @param recent the median of the tasks that ended last
     * @param least what it is while nothing waits
     */
    record Time(Duration recent, Duration least) {

        /** Whether tasks take hardly longer than they do while nothing waits. */
        boolean nothingWaits() {
            return recent.toNanos() <= LITTLE * least.toNanos();
        }
    }

    /** The time that is left to a task that has had some of the time that tasks take from its stage on. */
    static Duration left(Duration whole, Duration since) {
        Duration left = whole.minus(since);
        Duration fewest = whole.dividedBy(OVERDUE_PART);
        return left.compareTo(fewest) < 0 ? fewest : left;
    }

    private volatile Map<Stage, Time> times = Map.of();
    private @Nullable Instant learnedAt;

    /** The tasks by which times are measured. */
    static List<TaskId> measured(List<EndedTask> ended) {
        return counting(ended).map(EndedTask::id).toList();
    }

    /** The last tasks that went through all stages at once: a replayed one has waited for a person. */
    private static Stream<EndedTask> counting(List<EndedTask> ended) {
        return ended.stream()
                .filter(task -> task.succeeded() && task.generation() == 1)
                .limit(MOST);
    }

    /**
     * Takes the times of tasks that ended.
     *
     * @param reached the stages that they reached
     */
    void learn(List<EndedTask> ended, Collection<StageReached> reached, Instant now) {
        Map<TaskId, EndedTask> measured = counting(ended).collect(Collectors.toMap(EndedTask::id, Function.identity()));
        Map<Stage, List<Duration>> took = new EnumMap<>(Stage.class);
        measured.values().forEach(task -> add(took, Stage.DETECT, Duration.between(task.waitedSince(), task.at())));
        for (StageReached stage : reached) {
            EndedTask task = measured.get(stage.taskId());
            if (task != null) {
                add(took, stage.stage(), Duration.between(stage.at(), task.at()));
            }
        }
        Duration passed = learnedAt == null ? Duration.ZERO : Duration.between(learnedAt, now);
        Map<Stage, Time> known = new EnumMap<>(Stage.class);
        known.putAll(times);
        took.forEach((stage, durations) -> {
            if (durations.size() >= FEWEST) {
                Duration median = durations.stream().sorted().toList().get(durations.size() / 2);
                known.merge(stage, new Time(median, median), (before, _) -> later(before, median, passed));
            }
        });
        times = known;
        learnedAt = now;
    }

    private static void add(Map<Stage, List<Duration>> took, Stage stage, Duration time) {
        // The clocks of brokers and services differ a little
        took.computeIfAbsent(stage, _ -> new ArrayList<>()).add(time.isNegative() ? Duration.ZERO : time);
    }

    /** The least time sinks at once, and rises slowly. */
    private static Time later(Time before, Duration median, Duration passed) {
        Duration higher = median.minus(before.least());
        if (higher.isNegative()) {
            return new Time(median, median);
        }
        double part = Math.min(1.0, (double) passed.toMillis() / MEMORY.toMillis());
        return new Time(median, before.least().plusNanos(Math.round(higher.toNanos() * part)));
    }

    /** The time from this stage to the end; empty if it is not known yet. */
    Optional<Time> of(Stage stage) {
        return Optional.ofNullable(times.get(stage));
    }
}
