package io.pawline.stage;

import java.time.Duration;
import java.util.Objects;

/**
 * A stage's limits and times.
 *
 * @param maxInFlight tasks handled at once by one process, however few partitions it has
 * @param drain how long a partition taken away, or a process told to stop, waits for the calls it has in flight
 */
public record StagePolicies(int maxInFlight, Duration drain, RetryPolicy retry) {
    public StagePolicies {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("max-in-flight must be > 0, was " + maxInFlight);
        }
        if (drain.isNegative()) {
            throw new IllegalArgumentException("drain must be >= 0, was " + drain);
        }
        Objects.requireNonNull(retry, "retry");
    }
}
