package io.pawline.simulator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Describes how a provider behaves at some moment.
 *
 * @param capacity calls that are worked on at once; further calls wait
 * @param hardLimit calls that are worked on or wait at once; further calls are refused
 * @param errors share of the calls, 0 to 1, that each fault hits
 */
record Conditions(LatencyDistribution latency, int capacity, int hardLimit, Map<Fault, Double> errors) {
    Conditions {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be > 0, was " + capacity);
        }
        if (hardLimit < 1) {
            throw new IllegalArgumentException("hard-limit must be > 0, was " + hardLimit);
        }
        errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
        errors.forEach((fault, share) -> {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "the share of %s must be between 0 and 1, was %s".formatted(fault.code(), share));
            }
        });
        double sum = errors.values().stream().mapToDouble(share -> share).sum();
        if (sum > 1 + 1e-9) {
            throw new IllegalArgumentException("the shares of all errors must not exceed 1, were " + sum);
        }
    }

    /** The same conditions, faster, with a share of the capacity. */
    Conditions scaled(double faster, double share) {
        return new Conditions(
                new LatencyDistribution(Times.faster(latency.median(), faster), latency.spread()),
                part(capacity, share),
                part(hardLimit, share),
                errors);
    }

    private static int part(int calls, double share) {
        return calls == Integer.MAX_VALUE
                ? calls
                : Math.toIntExact(Math.clamp(Math.round(calls * share), 1, Integer.MAX_VALUE));
    }

    /** Draws the fault that hits the next call; empty if none does. */
    Optional<Fault> drawFault(RandomGenerator random) {
        double left = random.nextDouble();
        for (Map.Entry<Fault, Double> error : errors.entrySet()) {
            left -= error.getValue();
            if (left < 0) {
                return Optional.of(error.getKey());
            }
        }
        return Optional.empty();
    }
}
