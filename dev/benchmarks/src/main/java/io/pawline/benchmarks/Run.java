package io.pawline.benchmarks;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Follows a number of tasks from submission to callback. Thread-safe. */
final class Run {

    /** If no callback comes for so long, no more will come. */
    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    /** What is known of a task. Its id is known only when its request is answered, which may be after its callback. */
    private record Known(long submitted, long calledBack, String status) {

        private static final Known NOTHING = new Known(0, 0, "");

        boolean whole() {
            return submitted != 0 && calledBack != 0;
        }

        long nanos() {
            return calledBack - submitted;
        }
    }

    private final int tasks;
    private final CountDownLatch open;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final LongAdder postponed = new LongAdder();

    Run(int tasks) {
        this.tasks = tasks;
        this.open = new CountDownLatch(tasks);
    }

    int tasks() {
        return tasks;
    }

    /** @param at the time by {@link System#nanoTime} at which the request began */
    void submitted(String task, long at) {
        learn(task, new Known(at, 0, ""));
    }

    /** The ids of the tasks whose submission was answered. */
    Set<String> submitted() {
        return known.entrySet().stream()
                .filter(task -> task.getValue().submitted() != 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Counts a callback; a repeated one, or one of another run's task, does not count. */
    void calledBack(String task, String status) {
        learn(task, new Known(0, System.nanoTime(), status));
    }

    /** Counts a submission that was asked to come again later. */
    void postponed() {
        postponed.increment();
    }

    /** The number of submissions that were asked to come again later. */
    long timesPostponed() {
        return postponed.sum();
    }

    private void learn(String task, Known news) {
        known.compute(task, (_, before) -> {
            Known old = before == null ? Known.NOTHING : before;
            if (old.whole()) {
                return old;
            }
            Known now = new Known(
                    old.submitted() == 0 ? news.submitted() : old.submitted(),
                    old.calledBack() == 0 ? news.calledBack() : old.calledBack(),
                    old.calledBack() == 0 ? news.status() : old.status());
            if (now.whole()) {
                open.countDown();
            }
            return now;
        });
    }

    /**
     * Waits until all tasks are called back.
     *
     * @throws IllegalStateException if some are not called back, or if one did not succeed
     */
    void await() throws InterruptedException {
        long before = -1;
        while (!open.await(STANDSTILL.toMillis(), TimeUnit.MILLISECONDS)) {
            if (open.getCount() == before) {
                throw new IllegalStateException(
                        "no callback for %s: %d of %d tasks are open".formatted(STANDSTILL, before, tasks));
            }
            before = open.getCount();
        }
        long failed = known.values().stream()
                .filter(task -> task.whole() && !task.status().equals("success"))
                .count();
        if (failed > 0) {
            throw new IllegalStateException(failed + " of " + tasks + " tasks did not succeed");
        }
    }

    /** The number of tasks that were called back with a success. */
    int succeeded() {
        return (int) known.values().stream()
                .filter(task -> task.whole() && task.status().equals("success"))
                .count();
    }

    /** The number of callbacks of tasks that were not submitted in this run. */
    long strangers() {
        return known.values().stream().filter(task -> !task.whole()).count();
    }

    /** The rate from the first submission to the last callback. */
    double tasksPerSecond() {
        long first = ofEach(Known::submitted).min().orElseThrow();
        long last = ofEach(Known::calledBack).max().orElseThrow();
        return tasks / ((last - first) / 1e9);
    }

    /** The time that the given share of the tasks took at most, in milliseconds. */
    double quantileMillis(double share) {
        long[] sorted = ofEach(Known::nanos).sorted().toArray();
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / 1e6;
    }

    private LongStream ofEach(ToLongFunction<Known> figure) {
        return known.values().stream().filter(Known::whole).mapToLong(figure);
    }
}
