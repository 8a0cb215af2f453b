package io.pawline.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Collects when tasks were expected to end, each at some moments, and compares that with when they ended. Thread-safe. */
final class ExpectedEnds {

    private record Expected(
            String task, Instant asked, @Nullable Instant end) {}

    private final Queue<Expected> expected = new ConcurrentLinkedQueue<>();

    /**
     * Notes an answer about a task that was open.
     *
     * @param end when it was expected to end; null: the answer did not say
     */
    void add(String task, Instant asked, @Nullable Instant end) {
        expected.add(new Expected(task, asked, end));
    }

    /**
     * How wrong the answers were.
     *
     * @param knownPct answers that said when
     * @param medianErrorPct by how much the expected time from then to the end was wrong, of the real one; null: no
     *     answer said when
     */
    record Errors(double knownPct, @Nullable Double medianErrorPct) {}

    /** @param ends when the tasks ended; an answer about a task that did not end does not count */
    Errors errors(Map<String, Instant> ends) {
        List<Expected> answers =
                expected.stream().filter(each -> ends.containsKey(each.task())).toList();
        List<Double> errors = answers.stream()
                .filter(each -> each.end() != null)
                .map(each -> error(each, ends.getOrDefault(each.task(), Instant.MAX)))
                .sorted()
                .toList();
        return new Errors(
                answers.isEmpty() ? 0 : Math.round(errors.size() * 1000.0 / answers.size()) / 10.0,
                errors.isEmpty() ? null : Math.round(errors.get(errors.size() / 2) * 1000) / 10.0);
    }

    private static double error(Expected answer, Instant end) {
        Instant said = answer.end() == null ? end : answer.end();
        double real = Math.max(1, Duration.between(answer.asked(), end).toMillis());
        return Math.abs(Duration.between(end, said).toMillis()) / real;
    }
}
