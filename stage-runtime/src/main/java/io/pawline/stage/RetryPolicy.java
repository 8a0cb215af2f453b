package io.pawline.stage;

import io.pawline.schemas.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often, for how long and how soon a failed task is tried again: exponential backoff with full jitter
 * (<a href="https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/">Brooker</a>).
 *
 * @param maxAttempts failures of one scope after which a task is given up, where they count against it
 * @param maxTime since its first failure after which a task is given up, whatever failed
 * @param firstDelay upper bound of the delay after the first failure; doubles with each further one
 * @param maxDelay upper bound of any delay
 * @param schedule delays after the first failure, the second and so on, each about as long as it says; a task that fails
 *     after the last is given up, whatever the scopes, but for outages of Pawline's own. Empty: none, the rest decides
 */
public record RetryPolicy(
        int maxAttempts, Duration maxTime, Duration firstDelay, Duration maxDelay, List<Duration> schedule) {

    /** An answer that is of no use was paid for, so it is asked for a few times only. */
    private static final int MAX_USELESS_ANSWERS = 3;

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

    /** A policy without a schedule. */
    public RetryPolicy(int maxAttempts, Duration maxTime, Duration firstDelay, Duration maxDelay) {
        this(maxAttempts, maxTime, firstDelay, maxDelay, List.of());
    }

    /** The same with this schedule. */
    public RetryPolicy on(List<Duration> times) {
        return new RetryPolicy(maxAttempts, maxTime, firstDelay, maxDelay, times);
    }

    /** Whether a failure of this scope counts against its task. */
    boolean countsHere(Reason.Scope scope) {
        return counts(scope) || (!schedule.isEmpty() && scope != Reason.Scope.PAWLINE);
    }

    /** Whether failures of this scope count against the task: those that are no fault of it are limited by time alone. */
    static boolean counts(Reason.Scope scope) {
        return switch (scope) {
            case TASK, ANSWER, TIMEOUT, PROVIDER -> true;
            case OVERLOAD, ACCOUNT, PAWLINE -> false;
        };
    }

    /**
     * Whether a task has another try.
     *
     * @param progress the newest failure counted, if it counts
     * @param sinceFirstFailure time since the stage first failed with it
     */
    boolean allowsAnother(Reason.Scope scope, Progress progress, Duration sinceFirstFailure) {
        if (sinceFirstFailure.compareTo(maxTime) >= 0) {
            return false;
        }
        if (!schedule.isEmpty()) {
            return progress.allFailures() <= schedule.size();
        }
        int most = scope == Reason.Scope.ANSWER ? Math.min(MAX_USELESS_ANSWERS, maxAttempts) : maxAttempts;
        return progress.failures(scope) < most;
    }

    /**
     * When the attempt after this one is due: by backoff, and never before the moment that the other side named. That moment
     * it named to all tasks alike, so each comes some time after it by itself: up to a tenth of the wait asked for, or the
     * first delay, if that is longer.
     *
     * @param asked the moment named, as by a {@code Retry-After}; null: none
     */
    Instant nextAfter(Progress progress, Instant now, @Nullable Instant asked, RandomGenerator random) {
        Instant byBackoff = now.plus(delayAfter(progress, random));
        if (asked == null || !asked.isAfter(byBackoff)) {
            return byBackoff;
        }
        long spread = Math.max(
                firstDelay.toMillis(),
                Duration.between(now, asked).dividedBy(10).toMillis());
        return asked.plusMillis(random.nextLong(spread + 1));
    }

    /** A delay before the next attempt: spread evenly, as wide as it is long. */
    Duration delayAfter(Progress progress, RandomGenerator random) {
        int failures = progress.allFailures();
        if (failures == 0 || schedule.isEmpty()) {
            return backoff(progress.attempt(), random);
        }
        long about = schedule.get(Math.min(failures, schedule.size()) - 1).toMillis();
        return Duration.ofMillis(about / 2 + random.nextLong(about + 1));
    }

    /** Uniform between zero and the attempt's bound. */
    private Duration backoff(int attempt, RandomGenerator random) {
        int doublings = Math.min(attempt - 1, 30);
        long bound = Math.min(maxDelay.toMillis(), firstDelay.toMillis() << doublings);
        return Duration.ofMillis(random.nextLong(bound + 1));
    }
}
