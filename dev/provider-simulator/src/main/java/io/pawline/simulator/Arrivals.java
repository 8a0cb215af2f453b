package io.pawline.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Describes how tasks arrive over time. The rates count only in proportion to each other, because the number of tasks
 * is given elsewhere.
 *
 * @param parts in the order of their times, without overlap
 */
public record Arrivals(List<Part> parts) {

    /**
     * A period with one rate.
     *
     * @param from counted from the start
     * @param to later than {@code from}
     * @param rate more than 0
     */
    public record Part(Duration from, Duration to, double rate) {
        public Part {
            if (from.isNegative() || to.compareTo(from) <= 0) {
                throw new IllegalArgumentException("from must be >= 0 and to later, were " + from + " and " + to);
            }
            if (!(rate > 0)) {
                throw new IllegalArgumentException("rate must be > 0, was " + rate);
            }
        }

        private double weight() {
            return rate * to.minus(from).toNanos();
        }
    }

    public Arrivals {
        parts = List.copyOf(parts);
        for (int i = 1; i < parts.size(); i++) {
            if (parts.get(i).from().compareTo(parts.get(i - 1).to()) < 0) {
                throw new IllegalArgumentException(
                        "parts must not overlap: one begins at " + parts.get(i).from() + " before the last has ended");
            }
        }
    }

    Arrivals scaled(double faster) {
        return new Arrivals(parts.stream()
                .map(part -> new Part(Times.faster(part.from(), faster), Times.faster(part.to(), faster), part.rate()))
                .toList());
    }

    /** The time at which the last part ends; zero if there is none. */
    public Duration end() {
        return parts.isEmpty() ? Duration.ZERO : parts.getLast().to();
    }

    /** The moments at which this number of tasks arrives, in order; within a part they are random. */
    public List<Duration> moments(int tasks, long seed) {
        if (parts.isEmpty()) {
            throw new IllegalStateException("the profile does not say how tasks arrive");
        }
        double all = parts.stream().mapToDouble(Part::weight).sum();
        SplittableRandom random = new SplittableRandom(seed);
        List<Duration> moments = new ArrayList<>();
        double before = 0;
        for (Part part : parts) {
            before += part.weight();
            long until = Math.round(tasks * before / all);
            while (moments.size() < until) {
                moments.add(part.from()
                        .plusNanos(random.nextLong(part.to().minus(part.from()).toNanos())));
            }
        }
        return moments.stream().sorted().toList();
    }
}
