package io.pawline.ingest.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.images.ImageKey;
import io.pawline.images.ManagedImageStore;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.SweepMarks;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deletes images whose time is over. Keys begin with the id of their task, and so are in the order of acceptance: each
 * rule goes through them once, behind the time that it keeps images for. So a round costs by what has become due since
 * the round before. Several processes share the rules. Thread-safe.
 *
 * <p>An image that was not due when its rule passed, because a replay ended its task anew, goes with the results. What is
 * left after its task has left the database goes with that.
 */
final class ImageSweep {

    /** Keys looked at together, with one look at the database. */
    private static final int PAGE = 500;

    /** A process that is killed keeps a rule for so long at most. */
    private static final Duration TAKEN = Duration.ofMinutes(10);

    /** A partition of tasks goes so much later than its first task might. */
    private static final Duration MONTH = Duration.ofDays(62);

    private final ManagedImageStore images;
    private final TaskDao tasks;
    private final SweepMarks marks;
    private final List<ImageRule> rules;
    private final Duration longestTask;
    private final Duration tasksKept;
    private final MeterRegistry meters;
    private final Clock clock;

    /** @param longestTask the time after its acceptance at which a task has a final state as a rule */
    ImageSweep(
            ManagedImageStore images,
            TaskDao tasks,
            SweepMarks marks,
            RetentionProperties settings,
            Duration longestTask,
            MeterRegistry meters,
            Clock clock) {
        this.images = images;
        this.tasks = tasks;
        this.marks = marks;
        this.rules = ImageRule.of(settings);
        this.longestTask = longestTask;
        this.tasksKept = settings.tasks();
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Deletes what has become due.
     *
     * @throws io.pawline.images.ImageStoreException if the store refuses; the next round goes on where this one stopped
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    void sweep() {
        rules.forEach(this::sweep);
        sweepLeftOver();
    }

    private void sweep(ImageRule rule) {
        Instant now = clock.instant();
        Optional<SweepMarks.Mark> mark = marks.take(rule.name(), now, now.plus(TAKEN));
        if (mark.isEmpty()) {
            return;
        }
        String bound = TaskId.bound(now.minus(rule.kept()).minus(longestTask)).toString();
        String done = mark.get().done();
        try {
            boolean more = true;
            while (more) {
                ManagedImageStore.Page page = images.keys(done, PAGE);
                List<ImageKey> keys = before(bound, page);
                Map<TaskId, Task> known = tasksOf(keys);
                keys.forEach(key -> key.task()
                        .filter(task -> rule.isDue(key, known.get(task), now))
                        .ifPresent(_ -> delete(key, rule.kind().name())));
                more = page.next() != null && keys.size() == page.keys().size();
                done = more ? page.next() : last(keys, done);
                marks.move(rule.name(), done, clock.instant().plus(TAKEN));
            }
        } finally {
            marks.move(rule.name(), done, now);
        }
    }

    /** Deletes the images of tasks that have left the database. As a rule, there are none. */
    private void sweepLeftOver() {
        String bound =
                TaskId.bound(clock.instant().minus(tasksKept).minus(MONTH)).toString();
        String done = null;
        do {
            ManagedImageStore.Page page = images.keys(done, PAGE);
            List<ImageKey> keys = before(bound, page);
            Map<TaskId, Task> known = tasksOf(keys);
            keys.stream()
                    .filter(key ->
                            key.task().filter(task -> !known.containsKey(task)).isPresent())
                    .forEach(key -> delete(key, "left_over"));
            done = keys.size() == page.keys().size() ? page.next() : null;
        } while (done != null);
    }

    private static List<ImageKey> before(String bound, ManagedImageStore.Page page) {
        return page.keys().stream()
                .filter(key -> key.value().compareTo(bound) < 0)
                .toList();
    }

    private static @Nullable String last(List<ImageKey> keys, @Nullable String before) {
        return keys.isEmpty() ? before : keys.getLast().value();
    }

    private Map<TaskId, Task> tasksOf(List<ImageKey> keys) {
        List<TaskId> ids = keys.stream()
                .map(ImageKey::task)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        return ids.isEmpty()
                ? Map.of()
                : tasks.find(ids).stream().collect(Collectors.toMap(Task::id, Function.identity()));
    }

    private void delete(ImageKey key, String kind) {
        images.delete(key);
        Counter.builder("pawline.ingest.images.deleted")
                .description("Images deleted because their time was over")
                .tag("kind", kind.toLowerCase(Locale.ROOT))
                .register(meters)
                .increment();
    }
}
