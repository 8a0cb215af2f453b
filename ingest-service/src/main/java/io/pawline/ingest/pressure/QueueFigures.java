package io.pawline.ingest.pressure;

import io.pawline.taskstore.OpenTasks.EndedTask;
import io.pawline.taskstore.OpenTasks.OpenGroup;
import io.pawline.taskstore.OpenTasks.Queue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Holds how many tasks are open and how fast they end at one moment, by queue: the tasks of a tenant and a priority. The
 * stages share their capacity between queues, and take the tasks of a queue in their order. Immutable.
 */
final class QueueFigures {

    /** From fewer tasks of a queue than this no rate of its own is taken. */
    private static final int FEWEST = 20;

    /** A rate is measured by so many tasks at most, so that it follows when the capacity changes. */
    private static final int MOST = 50;

    /** So many tasks ahead show a longer wait than that of the last tasks; fewer are more by chance. */
    private static final int QUEUE = 20;

    private static final long GROUP_MILLIS = 1_000;

    /** The open tasks of a queue that have waited since before a second, and within it. */
    private record Place(long before, int within) {}

    private final Map<Queue, NavigableMap<Instant, Place>> open;
    private final Map<Queue, Double> rates;
    private final double rate;
    private final boolean stalled;
    private final Instant counted;

    private QueueFigures(
            Map<Queue, NavigableMap<Instant, Place>> open,
            Instant counted,
            Map<Queue, Double> rates,
            double rate,
            boolean stalled) {
        this.open = open;
        this.counted = counted;
        this.rates = rates;
        this.rate = rate;
        this.stalled = stalled;
    }

    /**
     * The figures of one moment.
     *
     * @param groups the open tasks, those that wait longest first
     * @param counted when they were counted
     * @param ended the tasks that ended last, the last first
     * @param now when they were read
     */
    static QueueFigures of(List<OpenGroup> groups, Instant counted, List<EndedTask> ended, Instant now) {
        Map<Queue, NavigableMap<Instant, Place>> open = new HashMap<>();
        Map<Queue, Long> sums = new HashMap<>();
        for (OpenGroup group : groups) {
            long before = sums.getOrDefault(group.queue(), 0L);
            open.computeIfAbsent(group.queue(), _ -> new TreeMap<>())
                    .put(group.second(), new Place(before, group.tasks()));
            sums.put(group.queue(), before + group.tasks());
        }
        Map<Queue, List<Instant>> ends = new HashMap<>();
        ended.forEach(task ->
                ends.computeIfAbsent(task.queue(), _ -> new ArrayList<>()).add(task.at()));
        Map<Queue, Double> rates = new HashMap<>();
        ends.forEach((queue, times) -> {
            if (times.size() >= FEWEST) {
                rates.put(queue, perSecond(times, now));
            }
        });
        boolean old = !groups.isEmpty() && groups.getFirst().second().isBefore(now.minus(TaskForecasts.WINDOW));
        return new QueueFigures(
                open,
                counted,
                rates,
                perSecond(ended.stream().map(EndedTask::at).toList(), now),
                ended.isEmpty() && old);
    }

    /** The rate of moments since the first of them, the last of which comes first. */
    private static double perSecond(List<Instant> times, Instant now) {
        if (times.isEmpty()) {
            return 0;
        }
        List<Instant> last = times.subList(0, Math.min(MOST, times.size()));
        long millis = Math.max(1, Duration.between(last.getLast(), now).toMillis());
        return (last.size() - 1) * 1000.0 / millis;
    }

    /**
     * The open tasks of a queue that have waited for longer than one of its tasks. Those of a second came evenly in it, or
     * in the part of it that had passed when they were counted.
     */
    long ahead(Queue queue, Instant waitsSince) {
        NavigableMap<Instant, Place> places = open.get(queue);
        Map.Entry<Instant, Place> place = places == null ? null : places.floorEntry(waitsSince);
        if (place == null) {
            return 0;
        }
        long before = place.getValue().before();
        int within = place.getValue().within();
        long sinceBeginning = Duration.between(place.getKey(), waitsSince).toMillis();
        long passed = Math.clamp(Duration.between(place.getKey(), counted).toMillis(), 1, GROUP_MILLIS);
        if (sinceBeginning > passed || sinceBeginning >= GROUP_MILLIS) {
            return before + within;
        }
        // The task itself was counted
        return before + (within - 1) * sinceBeginning / passed;
    }

    /**
     * The time until a task ends. While tasks wait for each other, it ends when those ahead have ended (<a
     * href="https://en.wikipedia.org/wiki/Little%27s_law">Little's law</a>), but not before it went through the stages.
     *
     * @param since the time since when it is in its stage
     * @return empty if that cannot be predicted
     */
    Optional<Duration> remaining(Queue queue, long ahead, StageTimes.Time time, Duration since) {
        if (stalled) {
            return Optional.empty();
        }
        Duration asTheLast = StageTimes.left(time.recent(), since);
        double perSecond = rates.getOrDefault(queue, rate / Math.max(1, open.size()));
        if (time.nothingWaits() || (perSecond <= 0 && ahead < QUEUE)) {
            return Optional.of(asTheLast);
        }
        if (perSecond <= 0) {
            return Optional.empty();
        }
        Duration behind = Duration.ofMillis(Math.round(ahead / perSecond * 1000));
        Duration inTheQueue = longer(behind, StageTimes.left(time.least(), since));
        return Optional.of(ahead < QUEUE && asTheLast.compareTo(inTheQueue) < 0 ? asTheLast : inTheQueue);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
