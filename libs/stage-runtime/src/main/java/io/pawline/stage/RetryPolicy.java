package io.pawline.stage;

import java.time.Duration;
import java.util.List;

/**
 * Says how often, for how long and how soon a failed task is tried again: exponential backoff with full jitter
 * (<a href="https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/">Brooker</a>).
 *
 * @param maxAttempts failures of one scope after which a task is given up, where they count against it
 * @param maxTime since its first failure after which a task is given up, whatever failed
 * @param firstDelay upper bound of the delay after the first failure; doubles with each further one
 * @param maxDelay upper bound of any delay
 * @param schedule delays after the first failure, the second and so on, each about as long as it says; a task
 *     that fails after the last is given up, whatever the scopes, but for outages of Pawline's own. Empty: none,
 *     the rest decides
 */
public record RetryPolicy(
        int maxAttempts, Duration maxTime, Duration firstDelay, Duration maxDelay, List<Duration> schedule) {

    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("max-attempts must be > 0, was " + maxAttempts);
        }
        if (maxTime.isNegative() || maxTime.isZero()) {
            throw new IllegalArgumentException("max-retry-time must be > 0, was " + maxTime);
        }
        if (firstDelay.isNegative() || firstDelay.isZero()) {
            throw new IllegalArgumentException("first-delay must be > 0, was " + firstDelay);
        }
        if (maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("max-delay must be >= first-delay, was " + maxDelay);
        }
        schedule = List.copyOf(schedule);
        if (!schedule.stream().allMatch(Duration::isPositive)) {
            throw new IllegalArgumentException("each delay of the schedule must be > 0, was " + schedule);
        }
    }

    /** Makes a policy without a schedule. */
    public RetryPolicy(int maxAttempts, Duration maxTime, Duration firstDelay, Duration maxDelay) {
        this(maxAttempts, maxTime, firstDelay, maxDelay, List.of());
    }

    /** Returns the same policy with this schedule. */
    public RetryPolicy on(List<Duration> times) {
        return new RetryPolicy(maxAttempts, maxTime, firstDelay, maxDelay, times);
    }
}
