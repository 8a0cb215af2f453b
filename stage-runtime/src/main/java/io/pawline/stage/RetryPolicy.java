package io.pawline.stage;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and how soon a failed task is tried again: exponential backoff with full jitter
 * (<a href="https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/">Brooker</a>).
 *
 * @param maxAttempts tries in all, the first one counted
 * @param firstDelay upper bound of the delay after the first failure; doubles with each further one
 * @param maxDelay upper bound of any delay
 */
public record RetryPolicy(int maxAttempts, Duration firstDelay, Duration maxDelay) {
    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("max-attempts must be > 0, was " + maxAttempts);
        }
        if (firstDelay.isNegative() || firstDelay.isZero()) {
            throw new IllegalArgumentException("first-delay must be > 0, was " + firstDelay);
        }
        if (maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("max-delay must be >= first-delay, was " + maxDelay);
        }
    }

    /** Whether a task that failed on this attempt has another one. */
    boolean allowsAttemptAfter(int attempt) {
        return attempt < maxAttempts;
    }

    /** A delay for the attempt after this one, uniform between zero and the attempt's bound. */
    Duration delayAfter(int attempt, RandomGenerator random) {
        int doublings = Math.min(attempt - 1, 30);
        long bound = Math.min(maxDelay.toMillis(), firstDelay.toMillis() << doublings);
        return Duration.ofMillis(random.nextLong(bound + 1));
    }
}
