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
            String task,
            boolean first,
            Instant asked,
            @Nullable Instant end) {}

    private final Queue<Expected> expected = new ConcurrentLinkedQueue<>();

    /**
     * Notes an answer about a task that was open.
     *
     * @param first whether it is the answer right after the submission
     * @param end when it was expected to end; null: the answer did not say
     */
    void add(String task, boolean first, Instant asked, @Nullable Instant end) {
        expected.add(new Expected(task, first, asked, end));
    }

    /**
     * How wrong the answers were.
     *
     * @param knownPct answers that said when
     * @param firstPct by how much the expected time from the submission to the end was wrong, of the real one, median;
     *     null: no answer said when
     * @param laterPct the same from the later answer on
     */
    record Errors(
            double knownPct,
            @Nullable Double firstPct,
            @Nullable Double laterPct) {}

    /** @param ends when the tasks ended; an answer about a task that did not end does not count */
    Errors errors(Map<String, Instant> ends) {
        List<Expected> answers =
                expected.stream().filter(each -> ends.containsKey(each.task())).toList();
        long known = answers.stream().filter(each -> each.end() != null).count();
        return new Errors(
                answers.isEmpty() ? 0 : Math.round(known * 1000.0 / answers.size()) / 10.0,
                median(answers, true, ends),
                median(answers, false, ends));
    }

    private static @Nullable Double median(List<Expected> answers, boolean first, Map<String, Instant> ends) {
        List<Double> errors = answers.stream()
                .filter(each -> each.first() == first && each.end() != null)
                .map(each -> error(each, ends.getOrDefault(each.task(), Instant.MAX)))
                .sorted()
                .toList();
        return errors.isEmpty() ? null : Math.round(errors.get(errors.size() / 2) * 1000) / 10.0;
    }

    private static double error(Expected answer, Instant end) {
        Instant said = answer.end() == null ? end : answer.end();
        double real = Math.max(1, Duration.between(answer.asked(), end).toMillis());
        return Math.abs(Duration.between(end, said).toMillis()) / real;
    }
}
