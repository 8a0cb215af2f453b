package io.pawline.stage;

import java.time.Duration;
import java.util.Objects;

/**
 * Holds a stage's limits and times.
 *
 * @param maxInFlight most tasks handled at once by one process, however few partitions it has
 * @param drain how long a partition taken away, or a process that stops, waits for the calls it has in flight
 * @param commitInterval least time between two commits, and where they are slow up to five times as much, so that a
 *     busy stage makes few large transactions
 * @param retryShare share of the tasks begun that may be retries while fresh ones wait, 0 to 1 exclusive
 */
public record StagePolicies(
        int maxInFlight, Duration drain, Duration commitInterval, double retryShare, RetryPolicy retry) {

    public StagePolicies {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("max-in-flight must be > 0, was " + maxInFlight);
        }
        if (drain.isNegative()) {
            throw new IllegalArgumentException("drain must be >= 0, was " + drain);
        }
        if (commitInterval.isNegative()) {
            throw new IllegalArgumentException("commit-interval must be >= 0, was " + commitInterval);
        }
        if (!(retryShare > 0 && retryShare < 1)) {
            throw new IllegalArgumentException("retry-share must be between 0 and 1, was " + retryShare);
        }
        Objects.requireNonNull(retry, "retry");
    }
}
