package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import io.pawline.ops.report.Report.Peak;
import io.pawline.ops.report.Report.Span;
import io.pawline.ops.report.SpanSums.Part;
import io.pawline.schemas.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds out what began in each span of time of a period, and when failures were frequent. */
record OverTime(Duration span, List<Part> parts) {

    private static final int MOST_SPANS = 90;

    /** A span of time belongs to a peak if it has this share of the failures of its stage's worst one. */
    private static final double OF_THE_WORST = 0.5;

    /** Fewer failures than these in a span of time are no peak. */
    private static final int FEWEST = 5;

    /** Chooses a length that a person can name, of which not too many make up the period. */
    static Duration span(Period period) {
        for (Duration span : List.of(
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofMinutes(2),
                Duration.ofMinutes(5),
                Duration.ofMinutes(15),
                Duration.ofHours(1),
                Duration.ofHours(6))) {
            if (period.length().compareTo(span.multipliedBy(MOST_SPANS)) <= 0) {
                return span;
            }
        }
        return Duration.ofDays(1);
    }

    /** Sums up the calls by time and stage; there is no span where nothing began. */
    List<Span> spans() {
        Map<Instant, Map<String, Span>> spans = new TreeMap<>();
        parts.forEach(part -> spans.computeIfAbsent(part.at(), _ -> new TreeMap<>())
                .merge(part.stage(), span(part), OverTime::together));
        return spans.values().stream()
                .flatMap(stages -> stages.values().stream())
                .toList();
    }

    private static Span span(Part part) {
        boolean timeout = part.reason() != null
                && Reason.ofCode(part.reason())
                        .filter(reason -> reason.scope() == Reason.Scope.TIMEOUT)
                        .isPresent();
        return new Span(
                part.at(), part.stage(), part.calls(), part.failures(), part.repeated(), timeout ? part.failures() : 0);
    }

    private static Span together(Span one, Span other) {
        return new Span(
                one.at(),
                one.stage(),
                one.calls() + other.calls(),
                one.failures() + other.failures(),
                one.retries() + other.retries(),
                one.timeouts() + other.timeouts());
    }

    /** Finds the peaks of all stages, oldest first. */
    List<Peak> peaks() {
        Map<String, List<Span>> byStage = spans().stream().collect(Collectors.groupingBy(Span::stage));
        List<Peak> peaks = new ArrayList<>();
        byStage.forEach((stage, spans) -> {
            long all = spans.stream().mapToLong(Span::failures).sum();
            long worst = spans.stream().mapToLong(Span::failures).max().orElse(0);
            long enough = Math.max(FEWEST, (long) Math.ceil(OF_THE_WORST * worst));
            List<Span> run = new ArrayList<>();
            for (Span next : spans) {
                boolean follows = run.isEmpty() || run.getLast().at().plus(span).equals(next.at());
                if (!run.isEmpty() && (!follows || next.failures() < enough)) {
                    peaks.add(peak(stage, run, all));
                    run.clear();
                }
                if (next.failures() >= enough) {
                    run.add(next);
                }
            }
            if (!run.isEmpty()) {
                peaks.add(peak(stage, run, all));
            }
        });
        peaks.sort(Comparator.comparing(Peak::from).thenComparing(Peak::stage));
        return peaks;
    }

    private Peak peak(String stage, List<Span> run, long allFailures) {
        Instant from = run.getFirst().at();
        Instant to = run.getLast().at().plus(span);
        long failures = run.stream().mapToLong(Span::failures).sum();
        return new Peak(
                stage,
                from,
                to,
                run.stream().mapToLong(Span::calls).sum(),
                failures,
                Shares.of(failures, allFailures),
                mainReason(stage, from, to));
    }

    private String mainReason(String stage, Instant from, Instant to) {
        return parts.stream()
                .filter(part -> part.reason() != null
                        && part.stage().equals(stage)
                        && !part.at().isBefore(from)
                        && part.at().isBefore(to))
                .collect(Collectors.groupingBy(
                        part -> String.valueOf(part.reason()), TreeMap::new, Collectors.summingLong(Part::failures)))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(Reason.UNCLASSIFIED.code());
    }
}
