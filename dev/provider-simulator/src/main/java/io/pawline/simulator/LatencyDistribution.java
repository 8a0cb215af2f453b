package io.pawline.simulator;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Describes how long a provider takes, as a log-normal distribution, which is skewed to the right like that of real
 * services.
 *
 * @param median the latency that half of the calls stay below
 * @param spread standard deviation of the logarithm, 0 or more; 0: always the median, 0.5: two thirds of the calls
 *     between 0.61 and 1.65 times the median
 */
record LatencyDistribution(Duration median, double spread) {

    static final LatencyDistribution NONE = new LatencyDistribution(Duration.ZERO, 0);

    LatencyDistribution {
        if (median.isNegative()) {
            throw new IllegalArgumentException("median must be >= 0, was " + median);
        }
        if (!(spread >= 0 && spread <= 3)) {
            throw new IllegalArgumentException("spread must be between 0 and 3, was " + spread);
        }
    }

    Duration draw(RandomGenerator random) {
        double factor = Math.exp(spread * random.nextGaussian());
        return Duration.ofNanos(Math.round(median.toNanos() * factor));
    }
}
